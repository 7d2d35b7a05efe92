"""What hangs on one exposure: its manifest, drift, history and the way back."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.paging import order, search
from apps.api.related import show
from apps.api.serializers.deliveries import DeliveryOut
from apps.api.serializers.exposures import (
    AdoptIn,
    DriftOut,
    ManifestOut,
    RevertIn,
    RevisionHistoryOut,
    RollbackIn,
    WaitQuery,
)
from apps.api.serializers.requests import RequestOut, manifest_of
from apps.api.serializers.strict import SearchQuery
from apps.api.views.exposures import ExposureView
from apps.approvals.services import open_adoption, open_rollback
from apps.delivery.services import check_drift, revert_drift
from apps.exposures.selectors import get_revision, list_revisions

REVISION_SEARCHED = ("reason", "author__username")
REVISION_ORDERINGS = {"number": "number", "created_at": "created_at"}


class ExposureManifestView(ExposureView):
    answers = {"GET": {200: ManifestOut}}

    def get(self, request: Request, exposure_id: str) -> Response:
        """The manifest of the revision that the exposure shows, as YAML."""
        revision = show(self.exposure(exposure_id)).shown_revision
        live = revision.pk == revision.exposure.live_revision_id
        return self.respond({"revision": revision, "manifest": manifest_of(revision), "live": live})


class ExposureDriftView(ExposureView):
    answers = {"GET": {200: DriftOut}}
    further_problems = frozenset({502})

    def get(self, request: Request, exposure_id: str) -> Response:
        """Ask the cluster now how the object departs from what was delivered."""
        return self.respond(check_drift(exposure=self.exposure(exposure_id)).as_json())


class ExposureDriftRevertView(ExposureView):
    bodies = {"POST": RevertIn}
    answers = {"POST": {202: DeliveryOut}}
    further_problems = frozenset({502})

    def post(self, request: Request, exposure_id: str) -> Response:
        """Push the approved manifest once more over what was changed outside."""
        delivery = revert_drift(by=self.user, exposure=self.exposure(exposure_id), **self.body())
        return self.respond(delivery, status=202)


class ExposureDriftAdoptView(ExposureView):
    queries = {"POST": WaitQuery}
    bodies = {"POST": AdoptIn}
    answers = {"POST": {200: RequestOut, 202: RequestOut}}
    further_problems = frozenset({502})

    def post(self, request: Request, exposure_id: str) -> Response:
        """Open a request for what was changed outside, where an exposure can say it."""
        change = open_adoption(by=self.user, exposure=self.exposure(exposure_id), **self.body())
        return self.respond_change(change)


class ExposureHistoryView(ExposureView):
    queries = {"GET": SearchQuery}
    answers = {"GET": {200: RevisionHistoryOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request, exposure_id: str) -> Response:
        """Every revision, the newest first."""
        revisions = list_revisions(self.exposure(exposure_id)).select_related("author", "exposure")
        found = search(revisions, self.asked.get("search", ""), REVISION_SEARCHED)
        return self.respond_page(order(found, self.asked.get("ordering", ""), REVISION_ORDERINGS))


class ExposureRollbackView(ExposureView):
    queries = {"POST": WaitQuery}
    bodies = {"POST": RollbackIn}
    answers = {"POST": {200: RequestOut, 202: RequestOut}}

    def post(self, request: Request, exposure_id: str) -> Response:
        """Open a request for what an earlier revision said."""
        exposure = self.exposure(exposure_id)
        body: dict[str, Any] = self.body()
        revision = get_revision(exposure, body["revision"])
        return self.respond_change(
            open_rollback(by=self.user, exposure=exposure, revision=revision, reason=body["reason"])
        )
