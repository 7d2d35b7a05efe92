"""Tells the layers above that a namespace was given to a team or taken from it, inside the transaction that does it.

Notices lie above and may not be imported from here (docs/adr/0006).
"""

from __future__ import annotations

from typing import Protocol

from apps.accounts.models import NamespaceGrant
from apps.common.actors import Actor


class GrantListener(Protocol):
    def __call__(self, grant: NamespaceGrant, by: Actor, *, given: bool) -> None: ...


_listeners: list[GrantListener] = []


def subscribe(listener: GrantListener) -> None:
    """Call the listener whenever a grant is given or taken; once per process."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce_grant(grant: NamespaceGrant, *, by: Actor, given: bool) -> None:
    for listener in _listeners:
        listener(grant, by, given=given)
