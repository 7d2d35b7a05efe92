"""Signing in and out: wrong passwords, the way back, the limit per address, cookies, a company provider."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.services.people import set_user_active
from apps.audit.models import AuditEvent
from tests import factories
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEXT = "/teams/"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, *, password: str = PASSWORD, username: str = "ada", target: str = NEXT):
    return client.post(LOGIN, {"login": username, "password": password, "next": target})


def test_sign_in_leads_to_the_page_that_was_asked_for(client):
    factories.make_user("ada")
    page = client.get(LOGIN, {"next": NEXT})
    assert page.status_code == 200
    assert f'<input type="hidden" name="next" value="{NEXT}"' in page.text
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, NEXT)
    assert client.get(NEXT).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_sign_in_never_leads_away(client, target, settings):
    settings.LOGIN_REDIRECT_URL = "web:profile"
    factories.make_user("ada")
    response = sign_in(client, target=target)
    assert (response.status_code, response.url) == (302, "/profile/")


def test_sign_in_with_a_wrong_password_says_so_and_keeps_the_name(client):
    factories.make_user("ada")
    response = sign_in(client, password="wrong")
    assert response.context["form"].non_field_errors() == ["The user name or the password is not right."]
    assert 'value="ada"' in response.text
    assert "wrong" not in response.text
    assert client.get(NEXT).status_code == 302


def test_sign_in_with_an_unknown_name_answers_the_same(client):
    response = sign_in(client, username="nobody")
    assert response.context["form"].non_field_errors() == ["The user name or the password is not right."]


def test_sign_in_of_a_deactivated_user_is_refused(client):
    factories.make_user("ada", is_active=False)
    response = sign_in(client)
    assert client.get(NEXT).status_code == 302
    assert response.status_code in {200, 302}
    assert "_auth_user_id" not in client.session


def test_session_ends_when_the_user_is_deactivated(client):
    user = factories.make_user("ada")
    sign_in(client)
    assert client.get(NEXT).status_code == 200
    set_user_active(by=factories.make_platform_admin(), user=user, active=False)
    assert client.get(NEXT).status_code == 302


def test_sign_in_is_limited_to_ten_a_minute_per_address(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "10/m/ip"}
    answers = [sign_in(client, password="wrong", username=f"user{n}").status_code for n in range(10)]
    assert answers == [200] * 10
    factories.make_user("ada")
    refused = sign_in(client)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert "Too many tries" in refused.text
    assert client.get(LOGIN).status_code == 200
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 302


def test_sign_in_with_many_wrong_passwords_for_one_name_makes_it_wait(client):
    factories.make_user("ada")
    for number in range(10):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="wrong")
    response = sign_in(Client(REMOTE_ADDR="192.0.2.99"))
    assert response.context["form"].non_field_errors() == [
        "Too many failed attempts. Wait five minutes, then try again."
    ]


def test_sign_in_needs_the_csrf_token():
    factories.make_user("ada")
    response = sign_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "The form has expired" in response.text


def test_session_cookie_is_closed_to_scripts_and_other_sites(client):
    factories.make_user("ada")
    sign_in(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["expires"] == ""  # ends with the browser


def test_cookies_are_secure_in_production():
    program = (
        "from portal import settings as s; import json; secure = [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE]; "
        "print(json.dumps([*secure, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0]))"
    )
    environment = {
        **os.environ,
        "PORTICO_ENV": "production",
        "SECRET_KEY": "x" * 50,
        "PORTICO_ENCRYPTION_KEYS": "k:" + "A" * 43 + "=",
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, True, True, True]


def test_sign_out_is_a_post(client):
    client.force_login(factories.make_user())
    assert client.get("/accounts/logout/").status_code == 405
    response = client.post("/accounts/logout/")
    assert (response.status_code, response.url) == (302, LOGIN)
    assert client.get(NEXT).status_code == 302


def test_sign_up_and_reset_do_not_exist(client):
    paths = ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/accounts/3rdparty/"]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_sign_in_page_offers_a_configured_company_provider(client, settings):
    assert "Sign in with Example SSO" not in client.get(LOGIN).text
    provider = {
        "provider_id": "company",
        "name": "Example SSO",
        "client_id": "portico",
        "secret": "s",
        "settings": {"server_url": "https://sso.example.com"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [provider]}}
    page = client.get(LOGIN, {"next": NEXT}).text
    assert "Sign in with Example SSO" in page
    assert 'href="/accounts/oidc/company/login/?process=login&amp;next=%2Fteams%2F"' in page


def test_password_change_asks_for_the_present_one(client):
    user = factories.make_user("ada")
    client.force_login(user)
    url = reverse("account_change_password")
    new = {"password1": "another-long-word", "password2": "another-long-word", "next": "/profile/"}
    refused = client.post(url, new | {"oldpassword": "wrong"})
    assert list(refused.context["form"].errors) == ["oldpassword"]
    response = client.post(url, new | {"oldpassword": PASSWORD})
    assert (response.status_code, response.url) == (302, "/profile/")
    user.refresh_from_db()
    assert user.check_password("another-long-word")
    assert AuditEvent.objects.get().verb == "user.password_changed"
    assert client.get("/profile/").status_code == 200
