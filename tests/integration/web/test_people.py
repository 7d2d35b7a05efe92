"""The pages of users and approver groups: who gets in, what a form refuses, what is written."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApproverGroup, User
from apps.audit.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db
NEW_USER = {"username": "ada", "password": "correct-horse-battery", "email": "ada@example.com"}


@pytest.fixture
def auditor(client: Client) -> User:
    user = factories.make_auditor("auditor")
    client.force_login(user)
    return user


def test_user_list_shows_everyone_to_an_admin(client, admin):
    factories.make_user("grace", first_name="Grace", last_name="Hopper")
    response = client.get(reverse("web:user_list"))
    assert response.status_code == 200
    assert [user.username for user in response.context["page"].object_list] == ["grace", "platform"]
    assert "Grace Hopper" in response.text


def test_user_list_finds_by_any_name(client, admin):
    factories.make_user("grace", last_name="Hopper")
    response = client.get(reverse("web:user_list"), {"q": "hopp"})
    assert [user.username for user in response.context["page"].object_list] == ["grace"]


def test_user_list_costs_the_same_for_one_and_many(client, admin, django_assert_num_queries):
    team = factories.make_team()
    client.get(reverse("web:user_list"))
    with django_assert_num_queries(8):
        client.get(reverse("web:user_list"))
    for _ in range(3):
        factories.make_user(team=team)
    with django_assert_num_queries(9):
        client.get(reverse("web:user_list"))


def test_user_create_writes_and_shows_the_new_user(client, admin):
    response = client.post(reverse("web:user_create"), NEW_USER)
    assert response.status_code == 302
    assert response.url == reverse("web:user_detail", args=["ada"])
    assert User.objects.get(username="ada").check_password("correct-horse-battery")
    assert AuditEvent.objects.get().verb == "user.created"


def test_user_create_with_a_weak_password_keeps_what_was_typed(client, admin):
    response = client.post(reverse("web:user_create"), NEW_USER | {"password": "password"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["password"]
    assert 'value="ada@example.com"' in response.text
    assert not User.objects.filter(username="ada").exists()


def test_user_create_with_a_taken_name_says_so(client, admin):
    response = client.post(reverse("web:user_create"), NEW_USER | {"username": "Platform"})
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["The user name Platform is taken."]


def test_user_detail_changes_roles(client, admin):
    person = factories.make_user("grace")
    url = reverse("web:user_detail", args=["grace"])
    response = client.post(url, {"first_name": "Grace", "is_platform_admin": "on"})
    assert response.status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.is_platform_admin) == ("Grace", True)


def test_user_detail_keeps_the_last_admin(client, admin):
    response = client.post(reverse("web:user_detail", args=["platform"]), {})
    assert response.status_code == 422
    assert "last platform admin" in response.text
    admin.refresh_from_db()
    assert admin.is_platform_admin


def test_user_password_is_set(client, admin):
    person = factories.make_user("grace")
    response = client.post(reverse("web:user_password", args=["grace"]), {"password": "another-long-word"})
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password("another-long-word")


def test_user_password_too_short_is_refused_beside_the_field(client, admin):
    factories.make_user("grace")
    response = client.post(reverse("web:user_password", args=["grace"]), {"password": "short"})
    assert response.status_code == 422
    assert list(response.context["password_form"].errors) == ["password"]


def test_user_active_asks_deactivates_and_activates(client, admin):
    person = factories.make_user("grace")
    url = reverse("web:user_active", args=["grace"])
    assert "Deactivate grace?" in client.get(url).text
    assert client.post(url).status_code == 302
    person.refresh_from_db()
    assert not person.is_active
    client.post(url, {"active": "yes"})
    person.refresh_from_db()
    assert person.is_active


def test_user_active_of_the_last_admin_is_a_conflict_page(client, admin):
    response = client.post(reverse("web:user_active", args=["platform"]))
    assert response.status_code == 409
    assert "Make someone else platform admin first." in response.text


def test_group_list_creates_a_group(client, admin):
    response = client.post(reverse("web:group_list"), {"name": "network", "title": "Network"})
    assert response.url == reverse("web:group_detail", args=["network"])
    assert ApproverGroup.objects.get().title == "Network"


def test_group_list_refuses_a_bad_name(client, admin):
    response = client.post(reverse("web:group_list"), {"name": "Net work"})
    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["Use lower-case letters, digits and hyphens."]


def test_group_detail_adds_a_member(client, admin):
    group = factories.make_approver_group("network")
    ada = factories.make_user("ada")
    url = reverse("web:group_detail", args=["network"])
    assert client.post(url, {"username": " ada "}).status_code == 302
    assert list(group.members.all()) == [ada]


@pytest.mark.parametrize(
    ("username", "field", "sentence"),
    [
        ("nobody", "username", "There is no user nobody."),
        ("gone", "__all__", "gone is deactivated."),
        ("reader", "__all__", "reader is an auditor and decides nothing."),
    ],
)
def test_group_detail_refuses_who_can_not_decide(client, admin, username, field, sentence):
    factories.make_approver_group("network")
    factories.make_user("gone", is_active=False)
    factories.make_auditor("reader")
    response = client.post(reverse("web:group_detail", args=["network"]), {"username": username})
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}


def test_group_member_remove_asks_then_removes(client, admin):
    group = factories.make_approver_group("network", members=[factories.make_user("ada")])
    url = reverse("web:group_member_remove", args=["network", "ada"])
    assert "Remove ada from network?" in client.get(url).text
    assert client.post(url).url == reverse("web:group_detail", args=["network"])
    assert not group.members.exists()


def _pages() -> list[str]:
    return [
        reverse("web:user_list"),
        reverse("web:group_list"),
        reverse("web:user_detail", args=["grace"]),
        reverse("web:group_detail", args=["network"]),
    ]


@pytest.fixture
def people() -> None:
    factories.make_approver_group("network", members=[factories.make_user("grace")])


def test_pages_do_not_exist_for_others(client, people):
    client.force_login(factories.make_user(team=factories.make_team(), role="maintainer"))
    urls = [*_pages(), reverse("web:user_create"), reverse("web:user_active", args=["grace"])]
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 404)
    posted = [*urls, reverse("web:user_password", args=["grace"])]
    posted.remove(reverse("web:user_list"))
    assert {url: client.post(url).status_code for url in posted} == dict.fromkeys(posted, 404)


def test_pages_ask_strangers_to_sign_in(client, people):
    for url in _pages():
        assert client.get(url).url == f"/accounts/login/?next={url}"


def test_auditor_reads_all_pages(client, auditor, people):
    assert {url: client.get(url).status_code for url in _pages()} == dict.fromkeys(_pages(), 200)


def test_auditor_changes_nothing(client, auditor, people):
    writes = {
        reverse("web:user_create"): NEW_USER,
        reverse("web:user_detail", args=["grace"]): {"first_name": "G"},
        reverse("web:user_password", args=["grace"]): {"password": "another-long-word"},
        reverse("web:user_active", args=["grace"]): {},
        reverse("web:group_list"): {"name": "more"},
        reverse("web:group_detail", args=["network"]): {"username": "grace"},
        reverse("web:group_member_remove", args=["network", "grace"]): {},
    }
    answers = {url: client.post(url, content).status_code for url, content in writes.items()}
    assert answers == dict.fromkeys(writes, 403)
    assert AuditEvent.objects.count() == 0
