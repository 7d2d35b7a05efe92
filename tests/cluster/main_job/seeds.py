"""People, teams, grants and names of the main job, made through the services in a process of their own.

`python -m tests.cluster.main_job.seeds WEB_NAMESPACE PAY_NAMESPACE CLUSTER…` prints one API token for each person.
"""

from __future__ import annotations

import json
import secrets
import sys

import django

SCOPES = (
    "clusters:read",
    "clusters:write",
    "domains:write",
    "exposures:read",
    "exposures:write",
    "requests:read",
    "requests:decide",
)


def seed(web_namespace: str, pay_namespace: str, *clusters: str) -> dict[str, str]:
    from apps.accounts.models import User
    from apps.accounts.services import people, teams, tokens
    from apps.common.actors import SystemActor
    from apps.domains.services import grant_zone

    def person(name: str, *, by: User | SystemActor, is_admin: bool = False) -> User:
        password = secrets.token_urlsafe(20)
        return people.create_user(by=by, username=name, password=password, is_platform_admin=is_admin)

    platform = person("platform", by=SystemActor("system:setup"), is_admin=True)
    names = ("developer", "stranger", "approver", "approver2")
    everyone = {"platform": platform} | {name: person(name, by=platform) for name in names}
    for name, member, namespace in (("web", "developer", web_namespace), ("pay", "stranger", pay_namespace)):
        team = teams.create_team(by=platform, name=name, contact=f"#team-{name}")
        teams.set_member(by=platform, team=team, user=everyone[member], role="developer")
        for cluster in clusters:
            teams.grant_namespace(by=platform, team=team, cluster_name=cluster, namespace=namespace)
        if name == "web":
            network = teams.create_group(by=platform, name="network")
            teams.set_group_members(by=platform, group=network, users=[everyone["approver"], everyone["approver2"]])
            grant_zone(by=platform, name=f"{web_namespace}.example.com", team=team, approver_group=network)
    return {name: tokens.create_token(by=user, name="main job", scopes=SCOPES)[1] for name, user in everyone.items()}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(seed(*sys.argv[1:])))
