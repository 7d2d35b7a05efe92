"""Accounts made by the company's identity provider: without any right, and recorded."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from apps.accounts.adapter import ClosedAccountAdapter, CompanyAccountAdapter
from apps.accounts.models import User
from apps.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_with_session() -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def test_save_user_of_a_provider_makes_an_account_without_rights(request_with_session):
    login = SocialLogin(user=User(username="ada"), account=SocialAccount(provider="company", uid="42"))
    login.state = {}
    CompanyAccountAdapter().save_user(request_with_session, login)
    user = User.objects.get()
    assert (user.username, user.is_platform_admin, user.is_auditor, user.has_usable_password()) == (
        "ada",
        False,
        False,
        False,
    )
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("user.created", "system:company-sign-in")


def test_sign_up_is_open_for_the_provider_only(request_with_session):
    assert not ClosedAccountAdapter().is_open_for_signup(request_with_session)
    assert CompanyAccountAdapter().is_open_for_signup(request_with_session, SocialLogin())
