"""The URL table: pages at the root, sign-in under /accounts/, the REST API under /api/, probes beside them."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from apps.api import probes
from apps.web.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", probes.metrics),
    path("api/", include("apps.api.urls")),
    path("accounts/", include("apps.web.urls_sign_in")),
    path("", include("apps.web.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide))

handler400 = "apps.web.errors.bad_request"
handler403 = "apps.web.errors.permission_denied"
handler404 = "apps.web.errors.page_not_found"
handler429 = "apps.web.errors.too_many_requests"
handler500 = "apps.web.errors.server_error"
