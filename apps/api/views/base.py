"""What all views share: declared input and output, scopes, idempotency, entity tags and the reader's language.

A view states per method which query (`queries`), body (`bodies`) and answers (`answers`) it has. The same declarations
validate at run time and write the OpenAPI document, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.api.etags import check_if_match
from apps.api.idempotency import answer_once
from apps.api.paging import PageNumberPages
from apps.api.parsers import MAX_BODY, is_storable
from apps.api.serializers.strict import QuerySerializer, StrictSerializer
from apps.common.errors import PortalError

SerializerClass = type[serializers.Serializer[Any]]
Answer = SerializerClass | PolymorphicProxySerializer | None
# What is an answer; anything else is a fault, which is not kept and may be tried again with the same key.
REFUSALS = (APIException, PortalError, Http404, PermissionDenied)
CHANGING = frozenset({"PUT", "PATCH", "DELETE"})


def one_of(name: str, *choices: SerializerClass) -> PolymorphicProxySerializer:
    """An answer that has one of several shapes, depending on the query."""
    return PolymorphicProxySerializer(component_name=name, serializers=list(choices), resource_type_field_name=None)


class PortalView(APIView):
    """`self.asked` holds the validated query of the request that runs."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    scopes: ClassVar[Mapping[str, str]] = {}
    queries: ClassVar[dict[str, type[QuerySerializer]]] = {}
    bodies: ClassVar[dict[str, type[StrictSerializer]]] = {}
    # Method → status → serializer; None is an answer without a body. `paged` methods answer pages of it.
    answers: ClassVar[dict[str, dict[int, Answer]]] = {}
    paged: ClassVar[frozenset[str]] = frozenset()
    tagged: ClassVar[bool] = False
    # Statuses of problems that do not follow from the method, e.g. 502 where a cluster is asked.
    further_problems: ClassVar[frozenset[int]] = frozenset()
    max_body: ClassVar[int] = MAX_BODY

    asked: dict[str, Any]

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._speak(request)
        self.asked = self._read_query(request)
        if request.method == "POST" and hasattr(self, "post"):
            self.post: Callable[..., Response] = partial(self._post_once, self.post)

    def body(self) -> dict[str, Any]:
        """The validated body of the running method."""
        method = cast(str, self.request.method)
        content = {} if self.request.data is None else self.request.data
        serializer = self.bodies[method](data=content, context={"request": self.request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def respond(
        self, content: Any, *, status: int = 200, etag: str = "", via: SerializerClass | None = None
    ) -> Response:
        """`content` through the serializer that `answers` names for this method and status, or `via` one of several."""
        serializer_class = via or cast(Any, self.answers[cast(str, self._declared_method())][status])
        rendered = None if serializer_class is None else serializer_class(content, context=self._context()).data
        return Response(rendered, status=status, headers={"ETag": etag} if etag else None)

    def respond_page(self, rows: Any, **members: Any) -> Response:
        """One page of `rows`; `members` stand beside `results`. `prepare` may load what a whole page needs at once."""
        pages = PageNumberPages()
        page = self.prepare(pages.paginate_queryset(rows, self.request, self))
        serializer_class = cast(SerializerClass, self.answers["GET"][200])
        response = pages.get_paginated_response(serializer_class(page, many=True, context=self._context()).data)
        response.data |= members
        return response

    def prepare(self, page: list[Any]) -> list[Any]:
        return page

    def check_version(self, etag: str) -> None:
        check_if_match(self.request, etag)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Cache-Control", "no-store")
        return response

    def _declared_method(self) -> str | None:
        return "GET" if self.request.method == "HEAD" else self.request.method

    def _context(self) -> dict[str, Any]:
        return {"request": self.request, "user": self.request.user, "asked": self.asked}

    def _post_once(self, post: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, partial(self._answered, post, request, *args, **kwargs))

    def _answered(self, post: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
        # Inside the idempotent part a refusal is an answer like any other, to be given again.
        try:
            return post(request, *args, **kwargs)
        except REFUSALS as error:
            return self.handle_exception(error)

    def _read_query(self, request: Request) -> dict[str, Any]:
        serializer_class = self.queries.get(self._declared_method() or "", QuerySerializer)
        values = serializer_class.single_values(request.query_params)
        odd = [name for name, text in values.items() if not (is_storable(name) and is_storable(text))]
        if odd:
            message = gettext("The text has a character that cannot be stored.")
            raise ValidationError({name: [message] for name in odd}, code="forbidden_character")
        serializer = serializer_class(data=values)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    @staticmethod
    def _speak(request: Request) -> None:
        """Someone who asks for no language gets the one of their profile."""
        language = getattr(request.user, "language", "")
        if language and "Accept-Language" not in request.headers:
            translation.activate(language)
