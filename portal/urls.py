"""The URL table: pages at the root, the REST API under /api/, probes beside them."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
