"""The steps of a delivery as people read them; exposure and request pages show the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.said import shown
from apps.delivery.enums import DeliveryOperation, DeliveryState
from apps.delivery.models import Delivery

STEP_WORDS: dict[str, str | Promise] = {
    "gate": gettext_lazy("Check the rules once more"),
    "plan": gettext_lazy("Compare with the cluster"),
    "apply": gettext_lazy("Apply the manifest"),
    "read_back": gettext_lazy("Read it back and compare"),
    "admitted": gettext_lazy("Taken up by the ingress controller"),
    "serving": gettext_lazy("Answers under its name"),
    "delete": gettext_lazy("Delete the object"),
    "gone": gettext_lazy("Gone from the cluster"),
}
STEPS_OF = {
    DeliveryOperation.APPLY: ("gate", "plan", "apply", "read_back", "admitted", "serving"),
    DeliveryOperation.DELETE: ("gate", "plan", "delete", "gone"),
}
STEP_KINDS = {"running": "run", "passed": "ok", "failed": "bad", "warning": "wait", "skipped": "mute"}
DELIVERY_KINDS = {
    DeliveryState.QUEUED: "run",
    DeliveryState.APPLYING: "run",
    DeliveryState.APPLIED: "run",
    DeliveryState.VERIFYING: "run",
    DeliveryState.LIVE: "ok",
    DeliveryState.RETRYING: "wait",
    DeliveryState.FAILED: "bad",
    DeliveryState.SUPERSEDED: "mute",
    DeliveryState.CANCELLED: "mute",
}


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` is empty for a step that is still to come."""

    kind: str
    text: str
    note: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a delivery stands. `is_settled` ends the polling."""

    delivery: Delivery
    kind: str
    steps: list[Step]

    @property
    def is_settled(self) -> bool:
        return self.delivery.is_settled

    @property
    def went_well(self) -> bool:
        """Live with every step in order: nobody needs the steps any more."""
        return self.delivery.state == DeliveryState.LIVE and all(step.kind == "ok" for step in self.steps)

    @property
    def is_conflict(self) -> bool:
        """Somebody else owns fields now; only a retry that says so takes them over."""
        return (self.delivery.reason or {}).get("code") == "apply_conflict"


def progress_of(delivery: Delivery) -> Progress:
    return Progress(delivery, DELIVERY_KINDS[DeliveryState(delivery.state)], steps_of(delivery))


def steps_of(delivery: Delivery) -> list[Step]:
    """What happened in the present attempt, then what is still to come."""
    taken = [
        Step(
            STEP_KINDS.get(entry["status"], "mute"),
            step_word(entry["name"]),
            shown(entry),
            _time_of(entry["started_at"], entry["elapsed_ms"]),
        )
        for entry in delivery.steps
    ]
    if delivery.is_settled:
        return taken
    done = {entry["name"] for entry in delivery.steps}
    coming = [name for name in STEPS_OF[DeliveryOperation(delivery.operation)] if name not in done]
    return taken + [Step("", step_word(name)) for name in coming]


def step_word(name: str) -> str:
    return str(STEP_WORDS.get(name, name))


def _time_of(started_at: str, elapsed_ms: int) -> str:
    if elapsed_ms:
        return _("%(count)s ms") % {"count": elapsed_ms} if elapsed_ms < 1000 else f"{elapsed_ms / 1000:.1f} s"
    started = parse_datetime(started_at)
    return "" if started is None else started.strftime("%H:%M:%S")
