"""Preferences: kept in the profile and, also for strangers, in cookies; the switches come back to the page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
SWITCH = "/preferences/"


def test_profile_saves_and_answers_in_the_new_language(client):
    user = factories.make_user("ada", team=factories.make_team("web"))
    client.force_login(user)
    url = reverse("web:profile")
    assert "As the browser asks" in client.get(url).text
    chosen = {"language": "zh-hans", "theme": "dark", "density": "compact", "time_zone": "Asia/Shanghai"}
    assert client.post(url, chosen).status_code == 302
    user.refresh_from_db()
    assert (user.language, user.theme, user.density) == ("zh-hans", "dark", "compact")
    assert user.time_zone == "Asia/Shanghai"
    page = client.get(url)
    assert '<html lang="zh-hans" data-bs-theme="dark"' in page.text


def test_profile_switches_the_shortcuts_of_every_page_off_and_on(client):
    client.force_login(factories.make_user())
    url = reverse("web:profile")
    assert 'data-shortcuts="on"' in client.get(url).text
    client.post(url, {"language": "", "theme": "dark", "density": "compact", "time_zone": ""})
    assert 'data-shortcuts="off"' in client.get(url).text
    client.post(url, {"language": "", "theme": "dark", "density": "compact", "time_zone": "", "shortcuts": "on"})
    assert 'data-shortcuts="on"' in client.get(url).text


def test_profile_refuses_an_unknown_zone(client):
    client.force_login(factories.make_user())
    response = client.post(
        reverse("web:profile"), {"language": "", "theme": "dark", "density": "compact", "time_zone": "Mars/Base"}
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["time_zone"]


def test_profile_shows_the_own_rights(client):
    user = factories.make_user("ada", team=factories.make_team("web"), role="maintainer")
    factories.make_approver_group("network", members=[user])
    client.force_login(user)
    response = client.get(reverse("web:profile"))
    assert response.context["group_names"] == ["network"]
    assert '<a href="/teams/web/">web</a>' in response.text


def test_preferences_of_a_stranger_are_kept_in_cookies(client):
    response = client.post(SWITCH, {"theme": "dark", "next": "/accounts/login/?next=/teams/"})
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/teams/")
    client.post(SWITCH, {"language": "zh-hans"})
    page = client.get("/accounts/login/").text
    assert '<html lang="zh-hans" data-bs-theme="dark"' in page


def test_preferences_of_a_user_are_kept_in_the_profile(client):
    user = factories.make_user("ada", language="en")
    client.force_login(user)
    client.post(SWITCH, {"theme": "contrast", "next": "/profile/"})
    client.post(SWITCH, {"language": "zh-hans", "next": "/profile/"})
    user.refresh_from_db()
    assert (user.theme, user.language) == ("contrast", "zh-hans")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_preferences_never_lead_away(client, target):
    assert client.post(SWITCH, {"theme": "dark", "next": target}).url == "/"


def test_density_of_a_user_is_kept_and_told_to_every_page(client):
    client.force_login(factories.make_user())
    assert 'data-density="comfortable"' in client.get("/profile/").text
    client.post(SWITCH, {"density": "compact", "next": "/profile/"})
    assert 'data-density="compact"' in client.get("/help/").text


def test_density_of_a_stranger_is_kept_in_a_cookie(client):
    client.post(SWITCH, {"density": "compact"})
    assert 'data-density="compact"' in client.get("/accounts/login/").text


@pytest.mark.parametrize(
    "content",
    [{"theme": "pink"}, {"density": "airy"}, {"clusters_view": "map"}, {"language": "tlh"}, {"language": "../x"}],
)
def test_preferences_refuse_what_is_not_offered(client, content):
    response = client.post(SWITCH, content)
    assert response.status_code == 400
    assert "This is not offered." in response.text


def test_preferences_are_a_post(client):
    assert client.get(SWITCH).status_code == 405
