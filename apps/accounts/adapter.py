"""How people get in: accounts are made by a platform admin or by the company's identity provider, never by sign-up."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.people import record_company_account, set_own_password

log = structlog.get_logger(__name__)


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-in with name and password, in our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The user name or the password is not right."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        set_own_password(by=user, password=password)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        log.warning("sign_in_failed", username=credentials.get("username", ""), address=request.META.get("REMOTE_ADDR"))


class CompanyAccountAdapter(DefaultSocialAccountAdapter):
    """Whoever the configured provider vouches for gets an account without any right; teams give rights."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Form | None = None) -> User:
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            record_company_account(user=user)
        return user
