"""Signing in and out: of django-allauth only what the product offers; no sign-up, no addresses, no reset by mail."""

from __future__ import annotations

from allauth.account import views as account
from allauth.socialaccount import views as company
from allauth.socialaccount.providers.openid_connect.urls import urlpatterns as provider_urlpatterns
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", require_POST(account.logout), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("company/cancelled/", company.login_cancelled, name="socialaccount_login_cancelled"),
    path("company/error/", company.login_error, name="socialaccount_login_error"),
    *provider_urlpatterns,
]
