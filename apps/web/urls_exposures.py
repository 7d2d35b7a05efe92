"""Addresses of the exposure pages; every tab and every filter has one of its own."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import (
    exposures,
    exposures_actions,
    exposures_consent,
    exposures_drafts,
    exposures_drift,
    exposures_form,
    exposures_tabs,
)

urlpatterns: list[URLPattern] = [
    path("exposures/", exposures.exposure_list, name="exposure_list"),
    path("exposures/export/", exposures.exposure_export, name="exposure_export"),
    path("exposures/new/", exposures_form.exposure_new, name="exposure_new"),
    path("exposures/form/", exposures_form.exposure_form, name="exposure_form"),
    path("exposures/drafts/state/", exposures_drafts.draft_state, name="draft_state"),
    path("exposures/drafts/<str:draft_id>/load/", exposures_drafts.draft_load, name="draft_load"),
    path("exposures/drafts/<str:draft_id>/discard/", exposures_drafts.draft_discard, name="draft_discard"),
    path("exposures/<str:exposure_id>/", exposures_tabs.exposure_overview, name="exposure_detail"),
    path("exposures/<str:exposure_id>/live/", exposures_tabs.exposure_live, name="exposure_live"),
    path("exposures/<str:exposure_id>/manifest/", exposures_tabs.exposure_manifest, name="exposure_manifest"),
    path("exposures/<str:exposure_id>/drift/", exposures_drift.exposure_drift, name="exposure_drift"),
    path(
        "exposures/<str:exposure_id>/drift/revert/", exposures_drift.exposure_drift_revert, name="exposure_drift_revert"
    ),
    path("exposures/<str:exposure_id>/drift/adopt/", exposures_drift.exposure_drift_adopt, name="exposure_drift_adopt"),
    path("exposures/<str:exposure_id>/history/", exposures_tabs.exposure_history, name="exposure_history"),
    path("exposures/<str:exposure_id>/history/compare/", exposures_tabs.exposure_compare, name="exposure_compare"),
    path(
        "exposures/<str:exposure_id>/history/<str:revision_id>/",
        exposures_tabs.exposure_revision,
        name="exposure_revision",
    ),
    path("exposures/<str:exposure_id>/requests/", exposures_tabs.exposure_requests, name="exposure_requests"),
    path("exposures/<str:exposure_id>/events/", exposures_tabs.exposure_events, name="exposure_events"),
    path("exposures/<str:exposure_id>/edit/", exposures_form.exposure_edit, name="exposure_edit"),
    path("exposures/<str:exposure_id>/copy/", exposures_form.exposure_copy, name="exposure_copy"),
    path("exposures/<str:exposure_id>/delete/", exposures_actions.exposure_delete, name="exposure_delete"),
    path(
        "exposures/<str:exposure_id>/consent/withdraw/",
        exposures_consent.consent_withdraw,
        name="consent_withdraw",
    ),
    path("exposures/<str:exposure_id>/retry/", exposures_actions.exposure_retry, name="exposure_retry"),
    path(
        "exposures/<str:exposure_id>/history/<str:revision_id>/rollback/",
        exposures_actions.exposure_rollback,
        name="exposure_rollback",
    ),
]
