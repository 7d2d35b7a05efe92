"""Addresses of change requests: the queue, one request, and what can be done with it."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import requests, requests_actions, requests_page

urlpatterns: list[URLPattern] = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<str:request_id>/", requests_page.request_detail, name="request_detail"),
    path("requests/<str:request_id>/manifest/", requests_page.request_manifest, name="request_manifest"),
    path("requests/<str:request_id>/checks/", requests_page.request_checks, name="request_checks"),
    path("requests/<str:request_id>/activity/", requests_page.request_activity, name="request_activity"),
    path("requests/<str:request_id>/progress/", requests_page.request_progress, name="request_progress"),
    path("requests/<str:request_id>/decide/", requests_actions.request_decide, name="request_decide"),
    path("requests/<str:request_id>/comment/", requests_actions.request_comment, name="request_comment"),
    path("requests/<str:request_id>/withdraw/", requests_actions.request_withdraw, name="request_withdraw"),
    path("requests/<str:request_id>/remind/", requests_actions.request_remind, name="request_remind"),
    path("requests/<str:request_id>/retry/", requests_actions.request_retry, name="request_retry"),
    path("requests/<str:request_id>/resubmit/", requests_actions.request_resubmit, name="request_resubmit"),
]
