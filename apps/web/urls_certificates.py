"""Addresses of the pages about certificates."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import (
    authorities,
    calendar,
    certificates,
    certificates_copies,
    certificates_moves,
    certificates_upload,
)

urlpatterns: list[URLPattern] = [
    path("certificates/", certificates.certificate_list, name="certificate_list"),
    path("certificates/export/", certificates.certificate_export, name="certificate_export"),
    path("certificates/calendar/", calendar.calendar_address, name="calendar_address"),
    path("certificates/calendar/renew/", calendar.calendar_renew, name="calendar_renew"),
    path("certificates/calendar/revoke/", calendar.calendar_revoke, name="calendar_revoke"),
    path("certificates/calendar/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("certificates/upload/", certificates_upload.certificate_upload, name="certificate_upload"),
    path("certificates/picker/", certificates_copies.certificate_picker, name="certificate_picker"),
    path("certificates/others/", certificates_copies.certificate_others, name="certificate_others"),
    path("certificates/copy/", certificates_copies.certificate_copy, name="certificate_copy"),
    path("certificates/troubles/", certificates_moves.certificate_troubles, name="certificate_troubles"),
    path(
        "certificates/<str:cluster>/<str:namespace>/<str:name>/move/",
        certificates_moves.certificate_move,
        name="certificate_move",
    ),
    path(
        "certificates/<str:cluster>/<str:namespace>/<str:name>/retire/",
        certificates_moves.certificate_retire,
        name="certificate_retire",
    ),
    path("certificates/authorities/", authorities.root_list, name="root_list"),
    path("certificates/authorities/<str:root_id>/remove/", authorities.root_remove, name="root_remove"),
    path("certificates/defaults/", authorities.default_list, name="default_certificates"),
    path("certificates/defaults/<str:cluster>/", authorities.default_edit, name="default_certificate"),
    path(
        "certificates/<str:cluster>/<str:namespace>/<str:name>/",
        certificates.certificate_detail,
        name="certificate_detail",
    ),
]
