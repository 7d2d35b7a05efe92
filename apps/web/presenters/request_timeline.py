"""The timeline of a request with its noise folded: what the product did in a row, and the same thing said again.

Rounds begin with a heading, because every round asks anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.approvals.enums import Verb
from apps.web.presenters.requests import Happening

# Saying these again adds nothing but the time.
REPEATABLE = frozenset({Verb.REMIND})


@dataclass(slots=True)
class Entry:
    """What shows, and what is folded under it, oldest first. `round` is set where a new one begins."""

    shown: Happening
    folded: list[Happening] = field(default_factory=list)
    round: int | None = None


def timeline_of(happenings: Iterable[Happening]) -> list[Entry]:
    entries: list[Entry] = []
    last_round = 1
    for happening in happenings:
        begins = happening.round if happening.round != last_round else None
        last_round = happening.round
        if entries and begins is None and _belongs(entries[-1].shown, happening):
            before = entries[-1]
            before.folded.append(before.shown)
            before.shown = happening
        else:
            entries.append(Entry(happening, round=begins))
    return entries


def _belongs(before: Happening, now: Happening) -> bool:
    """Whether `now` says all that `before` said, or goes on with it."""
    if before.is_system and now.is_system:
        return True
    return before.verb == now.verb and before.who == now.who and now.verb in REPEATABLE
