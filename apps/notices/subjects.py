"""What a notice is about, and what its reader may still see of it.

Requests, exposures and certificates lie above this app. Each of their apps registers, when it is loaded, how to find
out which of its objects a person may see (as docs/adr/0006 does for outcomes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from apps.accounts.models import User
from apps.accounts.selectors import list_teams_for, list_tokens_of
from apps.notices.enums import SubjectType


@dataclass(frozen=True, slots=True)
class Subject:
    type: SubjectType
    id: str


# Of the ids given those that the person may know of, each with whether there is a page to open.
Seen = Mapping[str, bool]
Resolver = Callable[[User, Collection[str]], Seen]
_resolvers: dict[str, Resolver] = {}


def register(subject_type: SubjectType, resolver: Resolver) -> None:
    """Once per process, from the `ready` of the app that owns the subjects."""
    _resolvers[subject_type] = resolver


def seen_by(user: User, subjects: Iterable[Subject]) -> dict[Subject, bool]:
    """Those subjects that the person may know of, each with whether it has a page. One query per type, or two."""
    ids: dict[SubjectType, set[str]] = defaultdict(set)
    for subject in subjects:
        ids[subject.type].add(subject.id)
    return {
        Subject(subject_type, found): has_page
        for subject_type, wanted in ids.items()
        for found, has_page in _resolvers[subject_type](user, wanted).items()
    }


def seen_teams(user: User, names: Collection[str]) -> Seen:
    return dict.fromkeys(list_teams_for(user).filter(name__in=names).values_list("name", flat=True), True)


def seen_tokens(user: User, public_ids: Collection[str]) -> Seen:
    """A token that was revoked since was still the person's own: the sentence stays, the page is gone."""
    living = set(list_tokens_of(user).filter(public_id__in=public_ids).values_list("public_id", flat=True))
    return {public_id: public_id in living for public_id in public_ids}
