"""One sentence for every state of a request: what it means, what happens next, who acts.

`EXPLANATIONS` has an entry for every state (a test insists); pages and API show the same words.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.permissions import active_stage
from apps.common.said import shown, shown_reason
from apps.common.wording import in_a_line
from apps.delivery.enums import DeliveryState
from apps.exposures.enums import Operation


def explain(request: ChangeRequest) -> str:
    return EXPLANATIONS[RequestState(request.state)](request)


def _draft(request: ChangeRequest) -> str:
    return _("Not sent yet. Send it when it is complete.")


def _pending(request: ChangeRequest) -> str:
    stage = active_stage(request)
    if stage is None:
        return _("Waiting for the next stage to open.")
    if stage.owner_team:
        words = _("Waiting for team %(team)s, which owns %(host)s: one of its developers or maintainers decides.")
        return words % {"team": stage.owner_team, "host": request.exposure.host}
    sentence = ngettext(
        "Waiting for one approval by %(group)s; it goes to the cluster right after.",
        "Waiting for %(count)d approvals by %(group)s; it goes to the cluster right after.",
        stage.needed,
    )
    return sentence % {"group": stage.name, "count": stage.needed}


def _approved(request: ChangeRequest) -> str:
    return _("Approved. It is handed to the cluster at once.")


def _delivering(request: ChangeRequest) -> str:
    delivery = getattr(request.revision, "delivery", None)
    cluster = request.exposure.cluster
    if cluster.is_paused:
        return _("Approved, and waits because cluster %(cluster)s is paused: %(reason)s") % {
            "cluster": cluster.name,
            "reason": cluster.pause_reason,
        }
    if delivery is not None and delivery.state == DeliveryState.RETRYING:
        seconds = max(0, round((delivery.next_attempt_at - timezone.now()).total_seconds()))
        why = shown(delivery.reason)
        return _("Cluster %(cluster)s could not take it yet: %(why)s It is tried again in %(seconds)d s.") % {
            "cluster": cluster.name,
            "why": why,
            "seconds": seconds,
        }
    return _("Approved and on its way to %(cluster)s. Nobody has to act.") % {"cluster": cluster.name}


def _done(request: ChangeRequest) -> str:
    if request.operation == Operation.DELETE:
        return _("Done. %(host)s is no longer exposed on %(cluster)s.") % _names(request)
    return _("Done. What was approved runs on %(cluster)s.") % _names(request)


def _returned(request: ChangeRequest) -> str:
    return _("Returned to team %(team)s to be changed. Edit and resubmit, or withdraw it.") % _names(request)


def _rejected(request: ChangeRequest) -> str:
    return _("Rejected. What was live before stays as it is. Ask anew with what the comment says.")


def _withdrawn(request: ChangeRequest) -> str:
    return _("Withdrawn by its team. Nothing was changed in the cluster.")


def _stale(request: ChangeRequest) -> str:
    return _("Out of date: %(why)s Team %(team)s can change it and ask again.") % {
        **_names(request),
        "why": _why(request),
    }


def _blocked(request: ChangeRequest) -> str:
    return _("Blocked: %(why)s") % {"why": in_a_line(_why(request), _hint(request))}


def _lapsed(request: ChangeRequest) -> str:
    return _("The time to decide or to deliver is over. Ask anew.")


def _failed(request: ChangeRequest) -> str:
    words = {**_names(request), "why": _why(request)}
    return _("The delivery failed: %(why)s Team %(team)s can try it again, or ask for something else.") % words


EXPLANATIONS: dict[RequestState, Callable[[ChangeRequest], str]] = {
    RequestState.DRAFT: _draft,
    RequestState.PENDING: _pending,
    RequestState.APPROVED: _approved,
    RequestState.DELIVERING: _delivering,
    RequestState.DONE: _done,
    RequestState.RETURNED: _returned,
    RequestState.REJECTED: _rejected,
    RequestState.WITHDRAWN: _withdrawn,
    RequestState.STALE: _stale,
    RequestState.BLOCKED: _blocked,
    RequestState.LAPSED: _lapsed,
    RequestState.FAILED: _failed,
}


def _names(request: ChangeRequest) -> dict[str, str]:
    exposure = request.exposure
    return {"host": exposure.host, "cluster": exposure.cluster.name, "team": exposure.team.name}


def _why(request: ChangeRequest) -> str:
    return shown(request.state_reason)


def _hint(request: ChangeRequest) -> str:
    explained = shown_reason(request.state_reason)
    return explained["hint"] if explained else ""
