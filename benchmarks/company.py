"""The people and teams of the large installation that pages are measured on (see fleet.py)."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from apps.accounts.models import ApproverGroup, Membership, Team, User
from apps.domains.models import ReservedHost, Zone

TEAMS = 50
PEOPLE = {"developer": {}, "approver": {}, "platform": {"is_platform_admin": True}, "auditor": {"is_auditor": True}}


class Company:
    """The people and teams, made by the first call and found by the later ones."""

    def __init__(self) -> None:
        if not User.objects.exists():
            self._make()
        self.users = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
        self.teams = list(Team.objects.order_by("name"))

    def _make(self) -> None:
        people = [User(username=name, password="!", **flags) for name, flags in PEOPLE.items()]
        people += [User(username=f"person-{number:03}", password="!") for number in range(200)]
        User.objects.bulk_create(people)
        teams = Team.objects.bulk_create([Team(name=f"team-{number:02}", title="A team") for number in range(TEAMS)])
        everyone = {user.username: user for user in User.objects.all()}
        members = [(teams[number % TEAMS], everyone[f"person-{number:03}"]) for number in range(200)]
        members += [(team, everyone["developer"]) for team in teams[:5]]
        Membership.objects.bulk_create([Membership(team=team, user=user) for team, user in members])
        group = ApproverGroup.objects.create(name="network", title="Network")
        group.members.add(everyone["approver"], everyone["person-000"])
        Zone.objects.bulk_create(
            [Zone(name=f"{team.name}.example.com", team=team, approver_group=group) for team in teams]
        )
        ReservedHost.objects.bulk_create(
            [ReservedHost(pattern=f"reserved-{number}.example.com", reason="Kept.") for number in range(40)]
        )


def session_of(user: User) -> str:
    """The key of a session as a sign-in would make it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "apps.accounts.backends.SessionBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key or ""
