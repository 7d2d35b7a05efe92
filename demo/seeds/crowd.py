"""Many, long and broken things, for the pictures of `make screens`: the pages must hold them as well.

A team, a namespace and a service with names as long as names may be, two hundred exposures, a queue that pages, a host
of 253 characters, somebody who may do nothing yet, somebody who wants it dense, a cluster that does not answer, and an
object changed by hand.
"""

from __future__ import annotations

import json

from apps.accounts.enums import Density, Role
from apps.accounts.models import ApproverGroup, Team
from apps.accounts.services.limits import set_team_limit
from apps.accounts.services.people import save_preferences
from apps.accounts.services.teams import create_team, grant_namespace, set_member
from apps.clusters.models import Cluster
from apps.clusters.services import check_cluster, register_cluster
from apps.delivery.services import check_drift
from apps.domains.services import grant_zone
from apps.exposures.models import Exposure
from apps.inventory.services import refresh_inventory
from demo.parts import portal_token
from demo.plan import HOST, Plan
from demo.seeds.clusters import fill
from demo.seeds.life import Wish, ask, wait_until_settled
from demo.seeds.objects import Manifest, endpoints_manifest, service_manifest
from demo.seeds.people import GROUP, SEED, Person, create, platform, user

LONG = "a-name-that-is-as-long-as-kubernetes-lets-a-name-be-63-characte"
CLUSTER, DOWN = "dev-1", "dev-that-is-down"
ZONE = "example.net"
LONG_HOST = ".".join([LONG, LONG, LONG, LONG[:48] + "s", ZONE])
DENSE = "dense"
MANY, WAITING = 200, 60
CHANGED = "crowd-000.dev.localhost"
NOBODY_LISTENS = 1
SETTLE_SECONDS = 300.0

PEOPLE = (
    Person("crowded", "Maximiliane-Alexandra", "von und zu Hohenstein-Wittgenstein", team=LONG),
    Person("newcomer", "Noor", "Haddad"),
    Person(DENSE, "Diego", "Marín", is_platform_admin=True),
)
VIEWER = Person("viewer", "Vera", "Lindqvist")


def seed(plan: Plan) -> None:
    """Add everything; a demo is crowded once."""
    team = create_team(by=SEED, name=LONG, title="The team with the longest name of all", contact=f"{LONG}@example.com")
    for person in (*PEOPLE, VIEWER):
        create(person, {LONG: team})
    save_preferences(by=user(DENSE), density=Density.COMPACT)
    set_member(by=SEED, team=Team.objects.get(name="web"), user=user(VIEWER.username), role=Role.VIEWER)
    fill(plan, CLUSTER, _manifests())
    _grant(team)
    refresh_inventory(cluster=Cluster.objects.get(name=CLUSTER))
    _register_down(plan)
    _publish()
    _change_outside(plan)
    # No more than there are, so that the next one is one too many.
    set_team_limit(by=platform(), team=team, exposure_limit=MANY + WAITING + 1)


def _manifests() -> list[Manifest]:
    namespace: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": LONG}}
    return [namespace, service_manifest(LONG, LONG), endpoints_manifest(LONG, LONG, 9)]


def _grant(team: Team) -> None:
    for cluster in (CLUSTER, DOWN):
        grant_namespace(by=SEED, team=team, cluster_name=cluster, namespace=LONG)
    grant_zone(by=platform(), name=ZONE, team=team, approver_group=ApproverGroup.objects.get(name=GROUP))


def _register_down(plan: Plan) -> None:
    down = register_cluster(
        by=platform(),
        name=DOWN,
        environment="dev",
        endpoint_url=f"https://{HOST}:{NOBODY_LISTENS}",
        certificate_authority=plan.certificate_authority(CLUSTER),
        token=portal_token(plan, CLUSTER),
        entry=plan.entry,
    )
    check_cluster(cluster=down)


def _publish() -> None:
    service = f"{LONG}/{LONG}"
    live = [f"crowd-{number:03}.dev.localhost" for number in range(MANY)]
    waiting = [LONG_HOST, *(f"crowd-{number:03}.{ZONE}" for number in range(WAITING))]
    reason = "One of very many, and its reason is as long as people write when nobody stops them. " * 4
    wishes = [Wish("crowded", CLUSTER, service, host, reason.strip()) for host in (*live, *waiting)]
    wait_until_settled([ask(wish).pk for wish in wishes], seconds=SETTLE_SECONDS)


def _change_outside(plan: Plan) -> None:
    """One exposure is not as it was approved, as after somebody's `kubectl edit`."""
    exposure = Exposure.objects.active().with_relations().get(host=CHANGED)
    revision = exposure.live_revision
    if revision is not None:
        manifest = json.loads(revision.rendered)
        manifest["spec"]["rules"][0]["http"]["paths"][0]["path"] = "/changed-by-hand"
        fill(plan, CLUSTER, [manifest])
        check_drift(exposure=exposure)
