"""The steps of the preflight as lines of a list: the same on the form, on the request page and for the gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import ChangeRequest
from apps.approvals.services import checks_of
from apps.common.errors import Violation
from apps.common.said import spoken
from apps.exposures.policies import State, Step

Text = str | Promise
# Shorter than this it was looked up in rows, and the number would only be noise.
WORTH_TELLING_MS = 150
MARKS: dict[State, tuple[str, str, Text]] = {
    State.PASSED: ("ok", "circle-check", _("in order")),
    State.WARNING: ("wait", "triangle-alert", _("needs attention")),
    State.FAILED: ("bad", "circle-x", _("broken")),
    State.UNKNOWN: ("mute", "circle-question-mark", _("not known")),
    State.SKIPPED: ("mute", "circle", _("not needed")),
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """`notes` are the next steps and whatever else is wrong with the same thing. `raw` is folded below."""

    state: State
    text: str
    name: str = ""
    notes: tuple[str, ...] = ()
    raw: str = ""
    seen: datetime | None = None
    milliseconds: int = 0

    @property
    def kind(self) -> str:
        return MARKS[self.state][0]

    @property
    def icon(self) -> str:
        return MARKS[self.state][1]

    @property
    def word(self) -> Text:
        return MARKS[self.state][2]

    @property
    def counts(self) -> bool:
        """Whether it is one of those that can pass."""
        return self.state != State.SKIPPED


@dataclass(frozen=True, slots=True)
class ChecksCard:
    """The checks of a request with how many passed; `at` and `is_now` say of when they tell.

    `awaits_cluster` as long as the cluster's own word is missing and can be had.
    """

    lines: list[CheckLine]
    at: datetime
    is_now: bool
    awaits_cluster: bool

    @property
    def passed(self) -> int:
        return count_passed(self.lines)

    @property
    def counted(self) -> int:
        return count_counted(self.lines)

    @property
    def worst(self) -> str:
        return worst_of(self.lines)

    @property
    def troubles(self) -> list[CheckLine]:
        """What somebody should look at before deciding."""
        return [line for line in self.lines if line.kind in {"bad", "wait"}]


def checks_card(change: ChangeRequest, *, ask_cluster: bool = False) -> ChecksCard | None:
    found = checks_of(change, ask_cluster=ask_cluster)
    if found is None:
        return None
    return ChecksCard(lines_of(found.steps), found.at, found.is_now, found.awaits_cluster and not ask_cluster)


def count_passed(lines: Iterable[CheckLine]) -> int:
    return sum(line.state == State.PASSED for line in lines)


def count_counted(lines: Iterable[CheckLine]) -> int:
    return sum(line.counts for line in lines)


def problems_first(lines: Iterable[CheckLine]) -> list[CheckLine]:
    """What has to be corrected before the rest, which keeps its order: a form has no room to look for it."""
    urgency = {State.FAILED: 0, State.WARNING: 1}
    return sorted(lines, key=lambda line: urgency.get(line.state, 2))


def lines_of(steps: Iterable[Step]) -> list[CheckLine]:
    return [_line(step) for step in steps]


def refusal_lines(violations: Sequence[Violation]) -> list[CheckLine]:
    """What is malformed, before there is anything that the preflight could look at."""
    seen = dict.fromkeys((violation.message, violation.hint) for violation in violations)
    return [CheckLine(State.FAILED, message, notes=(hint,) if hint else ()) for message, hint in seen]


def worst_of(lines: Iterable[CheckLine]) -> str:
    """The kind that colours the whole list; what is not known does not make it worse."""
    kinds = {line.kind for line in lines}
    return next((kind for kind in ("bad", "wait") if kind in kinds), "ok")


def _line(step: Step) -> CheckLine:
    told = [step.hint]
    for violation in step.violations[1:]:
        told += [violation.message, violation.hint]
    text = spoken(step.message)
    notes = dict.fromkeys(note for note in map(spoken, told) if note and note != text)
    spent = round(step.elapsed_ms)
    return CheckLine(
        state=step.state,
        text=text,
        name=step.name,
        notes=tuple(notes),
        raw=step.raw,
        seen=step.observed_at,
        milliseconds=spent if spent >= WORTH_TELLING_MS else 0,
    )
