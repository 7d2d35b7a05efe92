"""One request in every state a person can meet, and clusters that are paused or lack rights, for `make screens`.

Everything goes its real way: what is out of date lost its service after the approval, what failed met an object that
somebody else had made, what waits is approved for a paused cluster.
"""

from __future__ import annotations

import json

from apps.accounts.models import Team
from apps.accounts.services.teams import create_group, grant_namespace
from apps.approvals.models import ChangeRequest
from apps.approvals.services.decide import approve, return_request
from apps.approvals.services.submit import open_delete, resubmit
from apps.approvals.services.withdraw import withdraw
from apps.clusters.models import Cluster
from apps.clusters.services import check_cluster, pause_cluster, register_cluster, resume_cluster
from apps.domains.services import grant_zone
from apps.exposures.models import Exposure
from apps.exposures.spec import parse_spec
from apps.inventory.services import refresh_inventory
from apps.kube.kinds import SERVICE
from demo.parts import portal_token, reader_token
from demo.plan import Plan
from demo.seeds.clusters import admin, fill
from demo.seeds.life import Wish, ask, wait_until_settled
from demo.seeds.objects import Manifest, endpoints_manifest, service_manifest
from demo.seeds.people import SEED, platform, user

# Both reach the cluster of production under a name of their own.
BEHIND, PAUSED, BARRED = "prod-1", "stage-paused", "test-lacks-rights"
NOBODY, ORPHAN_ZONE = "on-leave", "example.edu"
SHORT_LIVED = "web/popup"
DECIDER = "approver"


def seed(plan: Plan) -> None:
    paused = _register_paused(plan)
    _register_barred(plan)
    _undecided()
    _blocked()
    _after_approval(plan, paused)
    _to_be_deleted()


def _register_paused(plan: Plan) -> Cluster:
    namespace, _slash, name = SHORT_LIVED.partition("/")
    fill(plan, BEHIND, [service_manifest(namespace, name), endpoints_manifest(namespace, name, 8)])
    cluster = _register(plan, PAUSED, "staging", portal_token(plan, BEHIND))
    grant_namespace(by=SEED, team=Team.objects.get(name="web"), cluster_name=PAUSED, namespace="web")
    refresh_inventory(cluster=cluster)
    return cluster


def _register_barred(plan: Plan) -> None:
    _register(plan, BARRED, "test", reader_token(plan, BEHIND))


def _register(plan: Plan, name: str, environment: str, token: str) -> Cluster:
    cluster = register_cluster(
        by=platform(),
        name=name,
        environment=environment,
        endpoint_url=plan.endpoint(BEHIND),
        certificate_authority=plan.certificate_authority(BEHIND),
        token=token,
        entry=plan.entry,
    )
    return check_cluster(cluster=cluster)


def _undecided() -> None:
    """Taken back, handed back, and handed back and asked again with something else."""
    withdraw(by=user("developer"), request=_wish("tea.example.com"), comment="The campaign was called off.")
    _hand_back(_wish("coffee.example.com"), "Please say until when it is needed.")
    again = _hand_back(_wish("cocoa.example.com"), "The handbook is served by docs, not by shop.")
    spec = parse_spec(
        {
            "host": "cocoa.example.com",
            "paths": [{"path": "/", "path_type": "Prefix", "service_name": "docs", "service_port": "http"}],
            "tls": {"secret_name": "wildcard-tls"},
        }
    )
    resubmit(by=user("developer"), request=again, spec=spec, reason="Right, it is docs; and over HTTPS at once.")


def _blocked() -> None:
    """In a zone whose approvers are all gone."""
    group = create_group(by=SEED, name=NOBODY, title="People on leave")
    grant_zone(by=platform(), name=ORPHAN_ZONE, team=Team.objects.get(name="web"), approver_group=group)
    _wish(f"lectures.{ORPHAN_ZONE}")


def _after_approval(plan: Plan, paused: Cluster) -> None:
    cluster = pause_cluster(by=platform(), cluster=paused, reason="The nodes get a new kernel.")
    outdated = _wish("popup.example.com", cluster=PAUSED, service=SHORT_LIVED)
    failing = _wish("kiosk.example.com", cluster=PAUSED)
    for request in (outdated, failing):
        _approve(request)
    _remove_service(plan, SHORT_LIVED)
    fill(plan, BEHIND, [_in_the_way(failing)])
    resume_cluster(by=platform(), cluster=cluster)
    wait_until_settled([outdated.pk, failing.pk])
    pause_cluster(by=platform(), cluster=Cluster.objects.get(pk=cluster.pk), reason="The nodes get a new kernel.")
    _approve(_wish("terrace.example.com", cluster=PAUSED))


def _to_be_deleted() -> None:
    exposure = Exposure.objects.active().get(host="handbook.example.com")
    open_delete(by=user("developer"), exposure=exposure, reason="The handbook lives at manual.example.com now.")


def _wish(host: str, *, cluster: str = BEHIND, service: str = "web/shop") -> ChangeRequest:
    return ask(Wish("developer", cluster, service, host, "For the winter campaign."))


def _approve(request: ChangeRequest) -> None:
    approve(by=user(DECIDER), request=request, content_hash=request.content_hash)


def _hand_back(request: ChangeRequest, comment: str) -> ChangeRequest:
    return return_request(by=user(DECIDER), request=request, content_hash=request.content_hash, comment=comment)


def _in_the_way(request: ChangeRequest) -> Manifest:
    """An object of the same name, made by other people for a host of their own."""
    manifest: Manifest = json.loads(request.revision.rendered)
    manifest["metadata"] = {name: manifest["metadata"][name] for name in ("name", "namespace")}
    manifest["spec"]["rules"][0]["host"] = "made-by-hand.example.net"
    return manifest


def _remove_service(plan: Plan, service: str) -> None:
    namespace, _slash, name = service.partition("/")
    with admin(plan, BEHIND) as client:
        found = client.get(SERVICE, namespace, name)
        client.delete(SERVICE, namespace, name, uid=found["metadata"]["uid"])
