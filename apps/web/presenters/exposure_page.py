"""The exposure page's facts: header, the way drawn, the last change step by step, certificate and details.

All of it comes from rows: the page never waits for a cluster. `load_page` gathers, the rest only words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.permissions import Allowed
from apps.approvals.enums import OPEN_STATES, RequestState
from apps.approvals.explain import explain
from apps.approvals.models import ChangeRequest
from apps.clusters.models import Cluster
from apps.common.conditions import Condition
from apps.common.said import shown, shown_reason
from apps.delivery.models import Delivery
from apps.delivery.selectors import newest_delivery
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure, Revision
from apps.exposures.permissions import may_change
from apps.exposures.spec import ExposureSpec
from apps.inventory.selectors import judged_certificate
from apps.web.presenters.certificate_picker import life_kind
from apps.web.presenters.exposure_state import Badge, configuration, exposure_state, reachability
from apps.web.presenters.exposure_urls import base_url_of, shown_revision, url_of

LONGEST_PAUSE = 15.0
FIRST_PAUSE = 0.4


@dataclass(frozen=True, slots=True)
class CertificateCard:
    secret_name: str
    found: bool
    days_left: int | None = None
    whole_days: int = 0
    percent: int = 0
    kind: str = "bad"
    not_after: datetime | None = None
    issuer: str = ""
    subject_names: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExposurePage:
    exposure: Exposure
    revision: Revision | None
    spec: ExposureSpec | None
    request: ChangeRequest | None
    delivery: Delivery | None
    may_change: Allowed

    @property
    def url(self) -> str:
        return url_of(self.exposure.cluster, self.spec) if self.spec else ""

    @property
    def base_url(self) -> str:
        """Without a path."""
        return base_url_of(self.exposure.cluster, self.spec) if self.spec else ""

    @property
    def is_openable(self) -> bool:
        return self.exposure.is_live and bool(self.spec)

    @property
    def badges(self) -> list[Badge]:
        """Configuration and reachability are two questions; while nothing is live, only one has an answer."""
        if self.exposure.deleted_at is not None or self.exposure.live_revision_id is None:
            return [exposure_state(self.exposure)]
        return [reachability(self.exposure), configuration(self.exposure)]

    @property
    def backends(self) -> str:
        paths = self.spec.paths if self.spec else ()
        return ", ".join(dict.fromkeys(f"{path.service_name} : {path.service_port}" for path in paths))

    @property
    def is_moving(self) -> bool:
        """Whether the page should look again by itself."""
        asked = self.request is not None and self.request.state in {RequestState.APPROVED, RequestState.DELIVERING}
        return asked or (self.delivery is not None and not self.delivery.is_settled)

    @property
    def drift_sentence(self) -> str:
        """What was changed behind the portal's back, as far as it is known; empty while nothing is."""
        found = self.exposure.condition(ConditionType.IN_SYNC) if self.exposure.drift else None
        return shown(found) if found and self.exposure.is_live and not self.is_moving else ""

    @property
    def drift_kind(self) -> str:
        return "bad" if self.exposure.drift == DriftKind.MISSING else "wait"

    @property
    def waits(self) -> bool:
        return self.request is not None and self.request.state in OPEN_STATES

    @property
    def explanation(self) -> str:
        return explain(self.request) if self.request else ""

    @property
    def callout_kind(self) -> str:
        """The colour of the sentence above the facts; empty when there is nothing to say."""
        if self.request is None or self.request.state in {RequestState.DONE, RequestState.WITHDRAWN}:
            return ""
        kinds = {
            RequestState.APPROVED: "run",
            RequestState.DELIVERING: "run",
            RequestState.FAILED: "bad",
            RequestState.REJECTED: "bad",
            RequestState.BLOCKED: "bad",
        }
        return kinds.get(RequestState(self.request.state), "wait")

    @property
    def may_retry(self) -> bool:
        return self.request is not None and self.request.state == RequestState.FAILED and bool(self.may_change)

    @property
    def may_overwrite(self) -> bool:
        """The cluster refused because somebody else owns fields: a person may take them over (D6)."""
        reason = self.delivery.reason if self.delivery else None
        return self.may_retry and (reason or {}).get("code") == "apply_conflict"

    @property
    def hint(self) -> str:
        """What to do about it, unless the explanation says so already."""
        reason = shown_reason(self.request.state_reason) if self.request else None
        hint = reason["hint"] if reason else ""
        return "" if hint in self.explanation else hint

    def pause(self, asked: int) -> float | None:
        """Seconds until the page asks again, growing with every time it has asked; None when nothing will change."""
        if self.is_moving:
            return round(min(FIRST_PAUSE * 1.25 ** max(asked - 10, 0), LONGEST_PAUSE), 2)
        if self.waits:
            return min(4.0 + asked, LONGEST_PAUSE)
        return None


def load_page(user: User, exposure: Exposure) -> ExposurePage:
    request = ChangeRequest.objects.with_relations().filter(exposure=exposure).order_by("-id").first()
    if request is not None:
        # The same rows, so that the sentence about the request does not ask for them again.
        request.exposure = exposure
    revision = shown_revision(exposure)
    return ExposurePage(
        exposure=exposure,
        revision=revision,
        spec=ExposureSpec.from_json(revision.spec) if revision else None,
        request=request,
        delivery=newest_delivery(exposure),
        may_change=_may_change(user, exposure),
    )


def certificate_card(page: ExposurePage) -> CertificateCard | None:
    """The chosen certificate as last seen in the cluster; none over HTTP."""
    if page.spec is not None and page.spec.default_certificate:
        return _default_card(page.exposure.cluster)
    name = page.spec.tls_secret_name if page.spec else None
    if name is None:
        return None
    exposure = page.exposure
    entry = judged_certificate(exposure.cluster, exposure.namespace, name, exposure.host)
    return _card(entry) if entry else CertificateCard(name, found=False)


class ConditionRow(NamedTuple):
    label: str
    badge: Badge
    message: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ConditionsCard:
    rows: list[ConditionRow]

    @property
    def is_broken(self) -> bool:
        """Whether somebody should read them without asking."""
        return any(row.badge.kind == "bad" for row in self.rows)

    @property
    def words(self) -> str:
        """All of them in one word, when none is broken."""
        unknown = sum(row.badge.kind == "mute" for row in self.rows)
        if not unknown:
            return _("All in order")
        return ngettext("In order, %(count)d not known", "In order, %(count)d not known", unknown) % {"count": unknown}


def conditions_card(exposure: Exposure) -> ConditionsCard | None:
    rows = [_condition_row(entry) for entry in exposure.conditions]
    return ConditionsCard(rows) if rows else None


def _condition_row(entry: Condition) -> ConditionRow:
    kinds = {"True": ("ok", _("yes")), "False": ("bad", _("no"))}
    badge = Badge(*kinds.get(entry["status"], ("mute", _("not known"))))
    known = {str(kind.value): str(kind.label) for kind in ConditionType}
    label = known.get(str(entry["type"]), str(entry["type"]))
    return ConditionRow(label, badge, shown(entry), parse_datetime(entry["last_transition_time"]))


def _may_change(user: User, exposure: Exposure) -> Allowed:
    if exposure.deleted_at is not None:
        return Allowed(False, _("The exposure has been deleted."))
    return may_change(user, exposure)


def _default_card(cluster: Cluster) -> CertificateCard:
    """What was declared of it; whether it is served stands under what the entry answers."""
    declared = cluster.default_certificate
    return CertificateCard(
        secret_name=_("the cluster’s default certificate"),
        found=True,
        not_after=cluster.default_certificate_ends,
        issuer=declared.get("issuer", ""),
        subject_names=tuple(cluster.default_certificate_names),
        kind="ok",
    )


def _card(entry: dict[str, Any]) -> CertificateCard:
    days = entry["days_left"]
    whole = (entry["not_after"] - entry["not_before"]).days if days is not None and entry["not_before"] else 0
    return CertificateCard(
        secret_name=entry["secret_name"],
        found=True,
        days_left=days,
        whole_days=whole,
        percent=round(100 * max(days or 0, 0) / whole) if whole else 0,
        kind=life_kind(entry) if entry["usable"] else "bad",
        not_after=entry["not_after"],
        issuer=entry["issuer"],
        subject_names=tuple(entry["subject_names"]),
        reasons=tuple(reason["message"] for reason in entry["reasons"]),
    )
