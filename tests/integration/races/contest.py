"""Lets several commands start at the same instant, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from apps.common.errors import PortalError

Command = Callable[[], Any]
# Two threads seldom meet at the first try; a guard that is missing shows within these.
ROUNDS = 10


def race(*commands: Command) -> list[Any]:
    """What each command answered or refused with, in the order given. Anything but a PortalError fails the test."""
    barrier = Barrier(len(commands), timeout=20)

    def contend(command: Command) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return command()
        except PortalError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(commands)) as pool:
        return [future.result() for future in [pool.submit(contend, command) for command in commands]]


def refusals(answers: list[Any]) -> list[PortalError]:
    return [answer for answer in answers if isinstance(answer, PortalError)]


def successes(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, PortalError)]
