"""Exposures over REST: list, create, read, and the two ways to state what one should be."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.declaring import Declared, declare
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.related import ShownExposure, show, show_all
from apps.api.serializers.exposures import (
    ChangeQuery,
    DeclaredOut,
    DeleteQuery,
    ExposureOut,
    ExposureQuery,
    PreviewOut,
    WaitQuery,
)
from apps.api.serializers.requests import RequestOut
from apps.api.serializers.specs import AskingIn, DeleteIn, ExposureIn, ExposureUpdateIn
from apps.api.settling import wait_for_exposure, wait_for_machine
from apps.api.views.base import PortalView, one_of
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import open_create, open_delete, open_update, preview_change, preview_refusal
from apps.clusters.models import Cluster
from apps.clusters.selectors import get_cluster_for
from apps.common.conditions import is_true
from apps.common.errors import NotFound, PolicyViolation, Violation
from apps.domains.hosts import InvalidHost, normalise_host
from apps.exposures.enums import ConditionType, DriftKind, Operation
from apps.exposures.models import Exposure
from apps.exposures.selectors import find_exposure_for, get_exposure_for, list_exposures_for
from apps.exposures.spec import ExposureSpec, parse_spec
from apps.inventory.selectors import get_namespace_for

SCOPES = {"GET": Scope.EXPOSURES_READ} | dict.fromkeys(("POST", "PUT", "DELETE"), Scope.EXPOSURES_WRITE)
SEARCHED = ("host", "namespace", "cluster__name", "team__name")
ORDERINGS = {
    "host": "host",
    "cluster": "cluster__name",
    "namespace": "namespace",
    "team": "team__name",
    "created_at": "created_at",
    "updated_at": "updated_at",
}
FILTERS = {"cluster": "cluster__name", "namespace": "namespace", "team": "team__name", "host": "host"}


class ExposureView(PortalView):
    scopes = SCOPES

    def exposure(self, exposure_id: str) -> Exposure:
        return get_exposure_for(self.user, exposure_id)

    def respond_exposure(self, shown: ShownExposure, *, status: int = 200) -> Response:
        response = self.respond(shown, status=status, etag=etag_of_exposure(shown))
        if status == 201:
            response["Location"] = reverse("api:exposure", args=[shown.exposure.pk])
        return response

    def preview(
        self,
        cluster: Cluster,
        namespace: str,
        spec: ExposureSpec,
        exposure: Exposure | None = None,
        *,
        ask_owner: bool = False,
    ) -> Response:
        preview = preview_change(
            by=self.user,
            cluster=cluster,
            namespace=namespace,
            spec=spec,
            exposure=exposure,
            operation=Operation.UPDATE if exposure else Operation.CREATE,
            ask_owner=ask_owner,
        )
        return self.respond(preview.as_json(), via=PreviewOut)

    def refused(self, cluster: Cluster, namespace: str, refusal: PolicyViolation) -> Response:
        """The answer to what is not even a spec: a dry-run tells it like everything else that is wrong."""
        if not self.asked["dry_run"]:
            raise refusal
        preview = preview_refusal(by=self.user, cluster=cluster, namespace=namespace, refusal=refusal)
        return self.respond(preview.as_json(), via=PreviewOut)

    def respond_change(self, change: ChangeRequest) -> Response:
        """202 with the request, or 200 when it is done already."""
        settled = wait_for_machine(change, self.asked["wait"])
        return self.respond(settled, status=200 if settled.state == "done" else 202, via=RequestOut)


class ExposureListView(ExposureView):
    queries = {"GET": ExposureQuery, "POST": ChangeQuery}
    bodies = {"POST": ExposureIn}
    answers = {"GET": {200: ExposureOut}, "POST": {200: PreviewOut, 201: ExposureOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Exposures of your teams; of all teams for platform admins and auditors."""
        exposures = search(list_exposures_for(self.user), self.asked.get("search", ""), SEARCHED)
        wanted = {FILTERS[name]: value for name, value in self.asked.items() if name in FILTERS}
        exposures = _in_state(exposures.filter(**wanted), self.asked.get("state", ""))
        return self.respond_page(order(exposures, self.asked.get("ordering", ""), ORDERINGS))

    def post(self, request: Request) -> Response:
        """Expose a service under a host. `dry_run=true` answers what would happen and writes nothing."""
        body = self.body()
        cluster = get_cluster_for(self.user, body["cluster"])
        try:
            spec = parse_spec(body)
        except PolicyViolation as refusal:
            return self.refused(cluster, body["namespace"], refusal)
        if self.asked["dry_run"]:
            return self.preview(cluster, body["namespace"], spec, ask_owner=body["ask_owner"])
        change = open_create(
            by=self.user,
            cluster=cluster,
            namespace=body["namespace"],
            spec=spec,
            reason=body["reason"],
            ask_owner=body["ask_owner"],
        )
        wait_for_machine(change, self.asked["wait"])
        return self.respond_exposure(show(self.exposure(change.exposure_id)), status=201)

    def prepare(self, page: list[Any]) -> list[Any]:
        return show_all(page)


class ExposureDetailView(ExposureView):
    queries = {"GET": WaitQuery, "PUT": ChangeQuery, "DELETE": DeleteQuery}
    bodies = {"PUT": ExposureUpdateIn, "DELETE": DeleteIn}
    answers = {
        "GET": {200: ExposureOut},
        "PUT": {200: one_of("UpdateAnswer", RequestOut, PreviewOut), 202: RequestOut},
        "DELETE": {200: RequestOut, 202: RequestOut},
    }
    tagged = True

    def get(self, request: Request, exposure_id: str) -> Response:
        """One exposure. With `wait`, once no request for it is open any more."""
        exposure = self.exposure(exposure_id)
        if self.asked["wait"]:
            wait_for_exposure(exposure, self.asked["wait"])
            exposure = self.exposure(exposure_id)
        return self.respond_exposure(show(exposure))

    def put(self, request: Request, exposure_id: str) -> Response:
        """Open a request to make it so. The place may be repeated, but not changed."""
        exposure = self.exposure(exposure_id)
        self.check_version(etag_of_exposure(show(exposure)))
        body = self.body()
        try:
            spec = _spec_at(exposure, body)
        except PolicyViolation as refusal:
            return self.refused(exposure.cluster, exposure.namespace, refusal)
        if self.asked["dry_run"]:
            return self.preview(exposure.cluster, exposure.namespace, spec, exposure)
        return self.respond_change(open_update(by=self.user, exposure=exposure, spec=spec, reason=body["reason"]))

    def delete(self, request: Request, exposure_id: str) -> Response:
        """Open a request to take it down. The reason may stand in the address or in a JSON body."""
        exposure = self.exposure(exposure_id)
        self.check_version(etag_of_exposure(show(exposure)))
        reason = self.body()["reason"] or self.asked["reason"]
        return self.respond_change(open_delete(by=self.user, exposure=exposure, reason=reason))


class ExposureDeclarationView(ExposureView):
    queries = {"GET": WaitQuery, "PUT": ChangeQuery}
    bodies = {"PUT": AskingIn}
    answers = {
        "GET": {200: ExposureOut},
        "PUT": {200: one_of("DeclarationAnswer", DeclaredOut, PreviewOut), 201: DeclaredOut, 202: DeclaredOut},
    }
    tagged = True

    def get(self, request: Request, name: str, namespace: str, host: str) -> Response:
        """The exposure of this host at this place."""
        try:
            exposure = self._find(get_cluster_for(self.user, name), namespace, normalise_host(host))
        except InvalidHost:
            exposure = None
        if exposure is None:
            raise NotFound(code="exposure_not_found")
        wait_for_exposure(exposure, self.asked["wait"])
        return self.respond_exposure(show(self.exposure(exposure.pk)))

    def put(self, request: Request, name: str, namespace: str, host: str) -> Response:
        """State what should be at this place: it is created, changed, or left alone when it is so already."""
        cluster = get_cluster_for(self.user, name)
        body = self.body()
        try:
            spec = parse_spec(body | {"host": host})
        except PolicyViolation as refusal:
            return self.refused(cluster, namespace, refusal)
        exposure = self._find(cluster, namespace, spec.host)
        self.check_version(etag_of_exposure(show(exposure)) if exposure else "")
        if self.asked["dry_run"]:
            return self.preview(cluster, namespace, spec, exposure, ask_owner=body["ask_owner"])
        declared = declare(
            by=self.user,
            cluster=cluster,
            namespace=namespace,
            exposure=exposure,
            spec=spec,
            reason=body["reason"],
            ask_owner=body["ask_owner"],
        )
        return self._respond_declared(declared)

    def _find(self, cluster: Cluster, namespace: str, host: str) -> Exposure | None:
        get_namespace_for(self.user, cluster, namespace)
        return find_exposure_for(self.user, cluster, namespace, host)

    def _respond_declared(self, declared: Declared) -> Response:
        settled = wait_for_machine(declared.request, self.asked["wait"]) if declared.request else None
        is_done = not declared.changed or (settled is not None and settled.state == "done")
        status = 201 if declared.created else 200 if is_done else 202
        shown = show(self.exposure(declared.exposure.pk), changed=declared.changed)
        return self.respond(shown, status=status, via=DeclaredOut, etag=etag_of_exposure(shown))


def etag_of_exposure(shown: ShownExposure) -> str:
    """What people can change: the desired revision, the newest request and its round, and whether it still is."""
    request = shown.newest_request
    exposure = shown.exposure
    stated = (request.pk, request.revision_id) if request else ()
    return etag_of(exposure.pk, exposure.desired_revision_id, stated, exposure.deleted_at)


def _in_state(exposures: QuerySet[Exposure], state: str) -> QuerySet[Exposure]:
    """By what is live, works or was changed outside, or by the newest request."""
    if state == "drifted":
        return exposures.exclude(drift=DriftKind.NONE)
    if state in {"live", "not_live"}:
        return exposures.filter(live_revision__isnull=state == "not_live")
    if not state:
        return exposures
    if state in RequestState.values:
        newest = ChangeRequest.objects.filter(exposure=OuterRef("pk")).order_by("-pk").values("state")
        return exposures.annotate(newest_state=Subquery(newest[:1])).filter(newest_state=state)
    # Not in SQL: SQLite cannot look into a list inside JSON.
    conditions = exposures.order_by().values_list("pk", "conditions")
    wanted = [pk for pk, found in conditions if is_true(found, ConditionType.READY) == (state == "ready")]
    return exposures.filter(pk__in=wanted)


def _spec_at(exposure: Exposure, body: dict[str, Any]) -> ExposureSpec:
    """The stated spec for the exposure's own host. Raises PolicyViolation when the body names another place."""
    spec = parse_spec({"host": exposure.host} | body)
    place = {"cluster": exposure.cluster.name, "namespace": exposure.namespace, "host": exposure.host}
    stated = {name: body[name] for name in ("cluster", "namespace") if name in body} | {"host": spec.host}
    moved = [name for name, value in stated.items() if value != place[name]]
    if moved:
        message = _("An exposure stays where it is. Create another one there, then delete this one.")
        raise PolicyViolation(message, errors=[Violation("immutable_field", name, message) for name in moved])
    return spec
