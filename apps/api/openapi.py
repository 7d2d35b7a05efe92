"""Writes the OpenAPI document from what the views declare, with every answer that the API can give.

Problems are added by rule, not by hand: what a method can answer follows from whether it reads a body, names an object,
changes something or takes a version.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type, build_object_type
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import AllowAny

from apps.api.problems import MEDIA_TYPE, TITLES
from apps.api.serializers.problem import ProblemOut
from apps.api.views.base import CHANGING, PortalView

HEADERS = {
    "Idempotency-Key": "The same key and body within 24 hours give the same answer, and the change happens once.",
    "If-Match": "The ETag that was read. Answers 412 when the object has changed since.",
}
ALWAYS = (400, 401, 403, 405, 406, 429, 500, 503)
ON_BODY = (409, 413, 415, 422)


class PortalSchema(AutoSchema):
    """Reads `queries`, `bodies`, `answers` and `paged` of a PortalView; other views are left out of the document."""

    view: Any

    def is_excluded(self) -> bool:
        return not isinstance(self.view, PortalView)

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}_{self.view.__class__.__name__.removesuffix('View')}".lower()

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        query = self.view.queries.get(self.method)
        parameters: list[Any] = [query] if query else []
        if self.method == "POST":
            parameters.append(_header("Idempotency-Key"))
        if self.view.tagged and self.method in CHANGING:
            parameters.append(_header("If-Match"))
        return parameters

    def get_request_serializer(self) -> Any:
        return self.view.bodies.get(self.method)

    def get_response_serializers(self) -> Any:
        declared = self.view.answers.get(self.method, {})
        problems = {
            (status, MEDIA_TYPE): OpenApiResponse(ProblemOut, description=str(TITLES[status]))
            for status in self._problem_statuses()
        }
        return {status: self._answer(serializer) for status, serializer in declared.items()} | problems

    def get_filter_backends(self) -> list[Any]:
        return []

    def _get_paginator(self) -> None:
        return None

    def _answer(self, serializer: Any) -> Any:
        if serializer is None:
            return OpenApiResponse(description="Done.")
        if self.method not in self.view.paged:
            return serializer
        return self._page_of(serializer)

    def _page_of(self, serializer: Any) -> dict[str, Any]:
        row = self.resolve_serializer(serializer, "response").ref
        link = {"type": ["string", "null"], "format": "uri"}
        members = {"count": {"type": "integer"}, "next": link, "previous": link, "results": build_array_type(row)}
        members |= getattr(self.view, "page_members", {})
        return build_object_type(properties=members, required=list(members))

    def _problem_statuses(self) -> list[int]:
        statuses = set(ALWAYS)
        if "{" in self.path or self.method in self.view.paged:
            statuses.add(404)
        if self.method in {"POST", *CHANGING}:
            statuses.update((*ON_BODY, 404, 502))
        statuses.update(self.view.further_problems)
        if self.view.tagged and self.method in CHANGING:
            statuses.add(412)
        if AllowAny in self.view.permission_classes:
            statuses.discard(403)
        return sorted(statuses)


def _header(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=HEADERS[name])


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.BrowserSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
