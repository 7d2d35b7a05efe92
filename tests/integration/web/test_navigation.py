"""What every page carries: the number that waits for the reader, and what operations has to say."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.approvals.enums import Verb
from apps.approvals.models import RequestEvent
from tests import factories

pytestmark = pytest.mark.django_db
COUNT = re.compile(r'class="count"><span aria-hidden="true">(\d+)</span><span class="visually-hidden">([^<]+)<')


def pending(count: int, *, author: str = "ada") -> None:
    cluster, team = factories.make_cluster(), factories.make_team("web")
    for number in range(count):
        exposure = factories.make_exposure(cluster, team, host=f"shop-{number}.example.com")
        change = factories.make_change_request(exposure)
        factories.make_stage(change)
        RequestEvent.objects.create(
            request=change, actor=author, verb=Verb.SUBMIT, after_state="pending", content_hash="", round=1
        )


def approver(client: Client, *, is_auditor: bool = False) -> User:
    user = factories.make_user("ann", is_auditor=is_auditor)
    factories.make_approver_group("network", members=[user])
    client.force_login(user)
    return user


def counts(client: Client) -> list[tuple[str, str]]:
    return COUNT.findall(client.get(reverse("web:profile")).text)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, []), (1, [("1", "1 waits for you")]), (3, [("3", "3 wait for you")])],
)
def test_navigation_counts_what_waits_for_the_reader(client, count, shown):
    pending(count)
    approver(client)
    assert counts(client) == shown


def test_navigation_does_not_count_the_own_requests(client):
    pending(2, author=approver(client).username)
    assert counts(client) == []


def test_navigation_counts_nothing_for_auditors_and_others(client):
    pending(2)
    approver(client, is_auditor=True)
    first = counts(client)
    client.force_login(factories.make_platform_admin())
    assert (first, counts(client)) == ([], [])


def test_navigation_counts_what_waits_for_the_team_as_owner_of_a_host(client):
    cluster, guest, owner = factories.make_cluster(), factories.make_team("web"), factories.make_team("shop")
    for number, asked in enumerate(["team:shop", "team:shop", "team:web", "group:network"]):
        exposure = factories.make_exposure(cluster, guest, host=f"shop-{number}.example.com")
        factories.make_stage(factories.make_change_request(exposure), principal=asked)
    shown = []
    for role in (Role.MAINTAINER, Role.DEVELOPER, Role.VIEWER):
        client.force_login(factories.make_user(team=owner, role=role))
        shown.append(counts(client))
    client.force_login(factories.make_user("auditor", team=owner, is_auditor=True))
    assert [*shown, counts(client)] == [[("2", "2 wait for you")], [("2", "2 wait for you")], [], []]


@pytest.mark.parametrize("count", [0, 3])
def test_navigation_costs_a_query_only_for_those_who_decide(client, count, django_assert_num_queries):
    """Session, person, unread notices, and the page's; for a team's developers the count on top, for approvers their
    groups as well.
    """
    pending(count)
    client.force_login(factories.make_user("ada"))
    with django_assert_num_queries(6):
        client.get(reverse("web:profile"))
    client.force_login(factories.make_user("dan", team=factories.make_team("shop")))
    with django_assert_num_queries(7):
        client.get(reverse("web:profile"))
    approver(client)
    with django_assert_num_queries(7):
        client.get(reverse("web:profile"))


@override_settings(PORTICO_BANNER="Maintenance on <Sunday>")
@pytest.mark.parametrize("signed_in", [True, False])
def test_banner_stands_on_every_page_as_plain_text(client, signed_in):
    if signed_in:
        client.force_login(factories.make_user())
    page = client.get(reverse("web:home") if signed_in else "/accounts/login/").text
    assert ("<p>Maintenance on &lt;Sunday&gt;</p>" in page, "<Sunday>" in page) == (True, False)


def test_banner_without_a_text_is_not_there(client):
    assert 'class="banner"' not in client.get("/accounts/login/").text


@pytest.mark.parametrize(
    ("role", "offers"), [(Role.VIEWER, False), (Role.DEVELOPER, True), (Role.MAINTAINER, True), (None, False)]
)
@pytest.mark.parametrize("page", ["exposure_list", "home", "profile"])
def test_a_new_exposure_is_offered_to_those_who_can_make_one(client, role, offers, page):
    team = factories.make_team("web")
    factories.make_grant(team)
    client.force_login(
        factories.make_user("ann", team=team, role=role) if role else factories.make_platform_admin("ann")
    )
    assert (reverse("web:exposure_new") in client.get(reverse(f"web:{page}")).text) is offers


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("viewer", "Their developers and maintainers make it."),
        ("nobody", "or a platform admin, adds you."),
        ("platform", "What the teams expose appears here."),
        ("developer", "Give a service a name"),
    ],
)
def test_empty_list_of_exposures_says_how_there_come_to_be_some(client, who, words):
    team = factories.make_team("web")
    people = {
        "viewer": lambda: factories.make_user("ann", team=team, role=Role.VIEWER),
        "developer": lambda: factories.make_user("ann", team=team, role=Role.DEVELOPER),
        "nobody": lambda: factories.make_user("ann"),
        "platform": lambda: factories.make_platform_admin("ann"),
    }
    client.force_login(people[who]())
    assert words in client.get(reverse("web:exposure_list")).text
