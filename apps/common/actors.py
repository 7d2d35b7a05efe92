"""Who acts: a signed-in user, or a named part of the system. Services take either as `by=`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class Actor(Protocol):
    """What a service needs to know of the one who acts."""

    @property
    def username(self) -> str: ...

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A part of the product that acts on its own, e.g. `system:delivery`."""

    username: str
    pk: None = None


DELIVERY = SystemActor("system:delivery")
POLICY = SystemActor("system:policy")
SCHEDULER = SystemActor("system:scheduler")
