"""Users, teams, the approver group and who acts in which namespace."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.enums import Role
from apps.accounts.models import ApproverGroup, NamespaceGrant, Team, User
from apps.accounts.services.people import create_user
from apps.accounts.services.teams import create_group, create_team, grant_namespace, set_group_members, set_member
from apps.common.actors import SystemActor
from demo.plan import CLUSTERS, PASSWORD

SEED = SystemActor("system:demo")
TEAMS = {"web": "Web shop", "pay": "Payments"}
GROUP = "network"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    last_name: str
    team: str = ""
    group: str = ""
    is_platform_admin: bool = False
    is_auditor: bool = False


PEOPLE = (
    Person("developer", "Dana", "Reyes", team="web"),
    Person("developer2", "Tomas", "Berg", team="pay"),
    Person("approver", "Amara", "Okafor", group=GROUP),
    Person("approver2", "Wei", "Zhang", group=GROUP),
    Person("platform", "Petra", "Novak", is_platform_admin=True),
    Person("auditor", "Ines", "Costa", is_auditor=True),
)


def seed() -> None:
    teams = {name: _team(name, title) for name, title in TEAMS.items()}
    present = set(User.objects.values_list("username", flat=True))
    for person in PEOPLE:
        if person.username not in present:
            create(person, teams)
    _group()


def platform() -> User:
    return user("platform")


def user(username: str) -> User:
    return User.objects.get(username=username)


def grant_namespaces() -> None:
    """Team web acts in namespace web of each cluster, pay in pay."""
    present = set(NamespaceGrant.objects.values_list("cluster_name", "namespace"))
    for team in Team.objects.filter(name__in=TEAMS):
        for cluster in CLUSTERS:
            if (cluster, team.name) not in present:
                grant_namespace(by=SEED, team=team, cluster_name=cluster, namespace=team.name)


def _team(name: str, title: str) -> Team:
    present = Team.objects.filter(name=name).first()
    return present or create_team(by=SEED, name=name, title=title, contact=f"{name}-team@example.com")


def create(person: Person, teams: dict[str, Team]) -> None:
    created = create_user(
        by=SEED,
        username=person.username,
        email=f"{person.username}@example.com",
        first_name=person.first_name,
        last_name=person.last_name,
        password=PASSWORD,
        is_platform_admin=person.is_platform_admin,
        is_auditor=person.is_auditor,
    )
    if person.team:
        set_member(by=SEED, team=teams[person.team], user=created, role=Role.DEVELOPER)


def _group() -> None:
    if ApproverGroup.objects.filter(name=GROUP).exists():
        return
    group = create_group(by=SEED, name=GROUP, title="Network")
    members = [person.username for person in PEOPLE if person.group == GROUP]
    set_group_members(by=SEED, group=group, users=User.objects.filter(username__in=members))
