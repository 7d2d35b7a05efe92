"""The API's own description: the OpenAPI document, and Swagger UI under the strict CSP; and what is not there."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.errors import NotFound


@cache
def openapi_document() -> dict[str, Any]:
    """Made once per process, in English: it only changes with the code."""
    with translation.override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


class FirstUnlessAsked(DefaultContentNegotiation):
    """Who accepts none of the forms of a document gets the first one; a refusal would be in a form of its own."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type


class SchemaView(SpectacularAPIView):
    content_negotiation_class = FirstUnlessAsked

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(openapi_document())


class DocumentationView(SpectacularSwaggerSplitView):
    content_negotiation_class = FirstUnlessAsked
    template_name = "api/documentation.html"
    url_name = "api:schema"
    title = "Portico"


class UnknownAddressView(APIView):
    """Everything under /api/ that is not an address of the API, so that scripts never meet an HTML page."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        message = _("There is nothing at this address. Addresses of the API end with a slash; see /api/schema/.")
        raise NotFound(message, code="unknown_address")
