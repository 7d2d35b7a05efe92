"""Addresses of change requests: the queue, one request, and what can be done with it."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import requests, requests_actions

urlpatterns: list[URLPattern] = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<str:request_id>/", requests.request_detail, name="request_detail"),
    path("requests/<str:request_id>/progress/", requests.request_progress, name="request_progress"),
    path("requests/<str:request_id>/decide/", requests_actions.request_decide, name="request_decide"),
    path("requests/<str:request_id>/comment/", requests_actions.request_comment, name="request_comment"),
    path("requests/<str:request_id>/withdraw/", requests_actions.request_withdraw, name="request_withdraw"),
    path("requests/<str:request_id>/remind/", requests_actions.request_remind, name="request_remind"),
    path("requests/<str:request_id>/retry/", requests_actions.request_retry, name="request_retry"),
    path("requests/<str:request_id>/resubmit/", requests_actions.request_resubmit, name="request_resubmit"),
]
