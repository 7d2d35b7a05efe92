"""What a request's page says beside the request itself: tabs, risk, checks in short, steps to come, the queue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import User
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting
from apps.common.wording import listed
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.exposures.models import Revision
from apps.exposures.policies import State
from apps.web.presenters.checks import ChecksCard
from apps.web.presenters.exposure_tabs import Tab
from apps.web.presenters.progress import steps_of
from apps.web.presenters.requests import title_of

Text = str | Promise
# A person looks through this many; whoever has more decides them from the list.
QUEUE = 200
ENDED = frozenset({RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.RETURNED, RequestState.LAPSED})
ENVIRONMENTS: dict[str, Text] = {
    "prod": gettext_lazy("Production cluster"),
    "staging": gettext_lazy("Staging cluster"),
    "test": gettext_lazy("Test cluster"),
    "dev": gettext_lazy("Development cluster"),
}


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where the request stands among those that wait for the reader, and the one to look at next."""

    position: int
    total: int
    previous: str
    following: str
    next_title: str

    @property
    def is_in_queue(self) -> bool:
        return self.position > 0


def tabs_of(change: ChangeRequest, active: str, checks: ChecksCard | None, events: int) -> list[Tab]:
    return [
        _tab(change, _("Changes"), "detail", active),
        _tab(change, _("Manifest"), "manifest", active),
        _tab(change, _("Checks"), "checks", active, checks.counted if checks else None),
        _tab(change, _("Activity"), "activity", active, events),
    ]


def risk_facts(change: ChangeRequest) -> list[str]:
    """What the risk was judged by when it was sent, in words; kept with the request."""
    facts = change.risk_facts
    options = listed(name.replace("_", " ") for name in facts.get("options") or [])
    said = [
        str(ENVIRONMENTS.get(facts.get("environment", ""), "")),
        _("The host stops working") if facts.get("operation") == Operation.DELETE else "",
        _("The host has never been live") if facts.get("first_exposure") else "",
        _("Zone %(zone)s") % {"zone": facts["zone"]} if facts.get("zone") else "",
        _("Options: %(names)s") % {"names": options} if options else "",
    ]
    return [fact for fact in said if fact]


def checks_step(checks: ChecksCard | None) -> ComingStep | None:
    """All checks in one line."""
    if checks is None:
        return None
    counts = Counter(line.state for line in checks.lines)
    parts = [
        _many(counts[State.PASSED], ngettext("%(count)d passed", "%(count)d passed", counts[State.PASSED])),
        _many(counts[State.WARNING], ngettext("%(count)d warning", "%(count)d warnings", counts[State.WARNING])),
        _many(counts[State.FAILED], ngettext("%(count)d failed", "%(count)d failed", counts[State.FAILED])),
        _many(counts[State.UNKNOWN], ngettext("%(count)d not known", "%(count)d not known", counts[State.UNKNOWN])),
    ]
    # A warning is not what is waited for, so it does not have its clock.
    icon = "triangle-alert" if checks.worst == "wait" else ""
    return ComingStep(checks.worst, _("Checks"), " · ".join(part for part in parts if part), icon)


@dataclass(frozen=True, slots=True)
class ComingStep:
    """`kind` and `note` tell what came of it; before that it has no kind, but an icon."""

    kind: str
    text: str
    note: str = ""
    icon: str = ""


def coming_steps(change: ChangeRequest, delivery: Delivery | None) -> list[ComingStep]:
    """Delivery and proof: what came of them, or that they are still to come; nothing once it ended before."""
    if delivery is None and change.state in ENDED:
        return []
    words = {"cluster": change.exposure.cluster.name}
    if change.operation == Operation.DELETE:
        return [_step(delivery, "gone", _("Removal from %(cluster)s") % words, "trash-2")]
    tls = change.revision.spec.get("tls") or {}
    certificate = tls.get("secret_name") or _("the cluster’s default certificate")
    proof = _("Proof: HTTPS answers with %(secret)s") % {"secret": certificate} if tls else _("Proof: HTTP answers")
    pushed = _step(delivery, "read_back", _("Delivery to %(cluster)s") % words, "send")
    return [pushed, _step(delivery, "serving", proof, "eye")]


def queue_place(user: User, change: ChangeRequest) -> QueuePlace | None:
    """None for those who are never asked, and when nothing waits."""
    if not user.decides:
        return None
    waiting = list(awaiting(user).values_list("pk", flat=True)[: QUEUE + 1])
    if not waiting:
        return None
    at = waiting.index(change.pk) if change.pk in waiting else -1
    others = [pk for pk in waiting if pk != change.pk]
    following = waiting[at + 1] if 0 <= at < len(waiting) - 1 else next(iter(others), "")
    title = title_of(ChangeRequest.objects.for_lists().get(pk=following)) if following else ""
    return QueuePlace(at + 1, len(waiting), _page(waiting[at - 1] if at > 0 else ""), _page(following), title)


def revision_before(change: ChangeRequest) -> Revision | None:
    """What the round before this one asked for."""
    if change.round == 1:
        return None
    event = change.events.filter(round=change.round - 1).order_by("-id").first()
    return change.exposure.revisions.filter(content_hash=event.content_hash).first() if event else None


def _tab(change: ChangeRequest, label: str, name: str, active: str, total: int | None = None) -> Tab:
    return Tab(label, reverse(f"web:request_{name}", args=[change.pk]), name == active, total)


def _many(count: int, text: str) -> str:
    return text % {"count": count} if count else ""


def _step(delivery: Delivery | None, name: str, text: str, icon: str) -> ComingStep:
    """The step of a delivery as one of the request's."""
    names = [entry["name"] for entry in delivery.steps] if delivery else []
    if delivery is None or name not in names:
        has_failed = delivery is not None and delivery.state == DeliveryState.FAILED and name != "serving"
        return ComingStep("bad", text) if has_failed else ComingStep("", text, icon=icon)
    found = steps_of(delivery)[names.index(name)]
    return ComingStep(found.kind, text, found.note)


def _page(request_id: str) -> str:
    return reverse("web:request_detail", args=[request_id]) if request_id else ""
