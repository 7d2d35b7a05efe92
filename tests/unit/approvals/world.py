"""Rows for the engine's tests: a cluster as inventory knows it, teams, an approver group; no cluster is ever called."""

from __future__ import annotations

from dataclasses import dataclass, field

from apps.accounts.enums import Role
from apps.accounts.models import ApproverGroup, Team, User
from apps.approvals.models import ChangeRequest
from apps.approvals.services import open_create
from apps.clusters.models import Cluster
from apps.exposures.spec import ExposureSpec, PathSpec
from tests.factories.clusters import make_cluster
from tests.factories.domains import make_zone
from tests.factories.inventory import make_ingress_class, make_secret, make_service
from tests.factories.people import (
    make_approver_group,
    make_auditor,
    make_grant,
    make_platform_admin,
    make_team,
    make_user,
)


@dataclass
class World:
    cluster: Cluster
    web: Team
    network: ApproverGroup
    people: dict[str, User] = field(default_factory=dict)

    def spec(self, host: str = "shop.example.com", *, path: str = "/", tls: str | None = None) -> ExposureSpec:
        return ExposureSpec(host=host, paths=(PathSpec(path, "Prefix", "shop", "http"),), tls_secret_name=tls)

    def ask(self, host: str = "shop.example.com", *, by: str = "developer", tls: str | None = None) -> ChangeRequest:
        spec = self.spec(host, tls=tls)
        return open_create(by=self.people[by], cluster=self.cluster, namespace="web", spec=spec, reason="A test.")


def make_world() -> World:
    """Team *web* with every role, the approvers, and people who only look."""
    cluster = make_cluster()
    make_service(cluster)
    make_ingress_class(cluster)
    make_secret(cluster)
    web, pay = make_team("web", contact="#web"), make_team("pay", contact="#pay")
    make_grant(web, cluster.name, "web")
    make_grant(pay, cluster.name, "pay")
    people = {
        "developer": make_user("developer", team=web),
        "colleague": make_user("colleague", team=web),
        "maintainer": make_user("maintainer", team=web, role=Role.MAINTAINER),
        "viewer": make_user("viewer", team=web, role=Role.VIEWER),
        "stranger": make_user("stranger", team=pay),
        "approver": make_user("approver"),
        "approver2": make_user("approver2"),
        "platform": make_platform_admin("platform"),
        "superuser": make_user("superuser", is_superuser=True, is_staff=True),
        "auditor": make_auditor("auditor"),
        "left": make_user("left", team=web, is_active=False),
    }
    network = make_approver_group("network", members=[people["approver"], people["approver2"]])
    make_zone(web, network)
    return World(cluster, web, network, people)
