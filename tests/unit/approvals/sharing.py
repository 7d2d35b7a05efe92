"""Two teams on one host, for the tests of consent: team *web* has it, `stranger` of team *pay* asks for paths on it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, open_create
from apps.exposures.models import Exposure
from apps.exposures.services import mark_live
from apps.exposures.spec import ExposureSpec, PathSpec
from tests.factories.inventory import make_service
from tests.unit.approvals.world import World

HOST = "shop.example.com"


@dataclass
class Sharing:
    """Team *web* has the host; `stranger` of team *pay* asks for paths on it."""

    world: World
    owned: Exposure

    def spec(self, *paths: str, host: str = HOST) -> ExposureSpec:
        return ExposureSpec(host, tuple(PathSpec(path, "Prefix", "ledger", "http") for path in paths or ("/pay",)))

    def ask(self, *paths: str) -> ChangeRequest:
        return open_create(
            by=self.world.people["stranger"],
            cluster=self.world.cluster,
            namespace="pay",
            spec=self.spec(*paths),
            ask_owner=True,
        )

    def approve(self, request: ChangeRequest, *names: str) -> ChangeRequest:
        for name in names:
            person = self.world.people[name]
            request = approve(by=person, request=request, content_hash=request.content_hash)
        return request

    def granted(self, *paths: str) -> Exposure:
        """A guest whose first request went through and is live."""
        request = self.approve(self.ask(*paths), "developer", "approver")
        return self.made_live(request)

    def made_live(self, request: ChangeRequest) -> Exposure:
        """As the delivery would leave it, without a cluster."""
        exposure = Exposure.objects.get(pk=request.exposure_id)
        mark_live(exposure=exposure, revision=request.revision)
        ChangeRequest.objects.filter(pk=request.pk).update(state=RequestState.DONE)
        return exposure


def make_sharing(world: World) -> Sharing:
    make_service(world.cluster, namespace="pay", name="ledger")
    request = world.ask(HOST)
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    sharing = Sharing(world, request.exposure)
    sharing.owned = sharing.made_live(request)
    return sharing


def stages(request: ChangeRequest) -> list[tuple[str, str, list[str]]]:
    rows = request.stages.filter(round=request.round).order_by("order")
    return [(row.name, row.state, [slot.principal for slot in row.slots.all()]) for row in rows]
