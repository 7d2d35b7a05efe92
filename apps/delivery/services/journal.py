"""The steps of one attempt as people see them, written while they happen, each write under the claim."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.common.errors import PortalError
from apps.common.said import stored
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery


class LostClaim(Exception):
    """Another worker holds the row now; this one must stop."""


class Journal:
    """Keeps `Delivery.steps` and extends the lease with every write."""

    def __init__(self, delivery: Delivery, *, lease: timedelta) -> None:
        self.delivery = delivery
        self.lease = lease
        self.steps: list[dict[str, Any]] = []
        self._started = time.monotonic()

    @contextmanager
    def step(self, name: str, *, state: DeliveryState | None = None, writes: bool = False) -> Iterator[dict[str, Any]]:
        """Run a block as the named step; the yielded entry's `message` may be set by the block.

        `writes` notes, before the block runs, that from now on the cluster may hold what it sends.
        """
        entry: dict[str, Any] = {
            "name": name,
            "status": "running",
            "message": "",
            "started_at": timezone.now().isoformat(),
            "elapsed_ms": 0,
        }
        self.steps.append(entry)
        self._started = time.monotonic()
        self._write(state, was_sent=writes)
        yield entry
        if entry["status"] == "running":
            entry["status"] = "passed"
        entry["elapsed_ms"] = self._elapsed()
        self._write(None, was_sent=False)

    def fail_step(self, error: PortalError) -> None:
        """The step that was running has failed; the last write of an attempt."""
        if self.steps and self.steps[-1]["status"] == "running":
            self.steps[-1].update(stored(error.message), status="failed", elapsed_ms=self._elapsed())
            Delivery.objects.filter(pk=self.delivery.pk, claim=self.delivery.claim).update(steps=self.steps)

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _write(self, state: DeliveryState | None, *, was_sent: bool) -> None:
        changes: dict[str, Any] = {"steps": self.steps, "lease_until": timezone.now() + self.lease}
        if state is not None:
            changes["state"] = state
        if was_sent:
            changes["was_sent"] = True
        held = Delivery.objects.filter(pk=self.delivery.pk, claim=self.delivery.claim)
        if not held.update(**changes):
            raise LostClaim
