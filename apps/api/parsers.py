"""Reads JSON bodies without being lenient: what two readers could understand differently is refused, with its place.

Refused are bodies beyond the view's `max_body`, nesting beyond `MAX_DEPTH`, duplicate names, NaN and infinities, and
characters that no database stores (NUL, lone surrogates).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from apps.common.errors import PortalError

MAX_DEPTH = 20
MAX_BODY = 1024 * 1024
FORBIDDEN = frozenset({"\x00", *map(chr, range(0xD800, 0xE000))})


class BodyTooLarge(PortalError):
    """The body is larger than this address accepts."""

    code = "body_too_large"
    status = 413


class StrictJSONParser(BaseParser):
    """`application/json`, in UTF-8 as RFC 8259 asks."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = getattr((parser_context or {}).get("view"), "max_body", MAX_BODY)
        body = stream.read(limit + 1)
        if len(body) > limit:
            message = _("The body is larger than %(limit)d KiB.") % {"limit": limit // 1024}
            raise BodyTooLarge(message, limit=limit)
        return read_json(body)


def read_json(body: bytes) -> Any:
    try:
        content = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise ParseError(_("The body is not valid JSON: %(error)s.") % {"error": str(error)[:200]}) from error
    _check_tree(content)
    return content


def is_storable(text: str) -> bool:
    return FORBIDDEN.isdisjoint(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice[:60]!a} stands twice in one object")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check_tree(content: Any) -> None:
    # Breadth first with an explicit front, so that depth costs no stack.
    front: list[tuple[str, Any]] = [("", content)]
    for _depth in range(MAX_DEPTH + 1):
        for path, node in front:
            _check_node(path, node)
        front = [child for path, node in front for child in _children(path, node)]
        if not front:
            return
    raise _too_deep()


def _children(path: str, node: Any) -> Iterator[tuple[str, Any]]:
    prefix = f"{path}." if path else ""
    if isinstance(node, dict):
        return ((f"{prefix}{name}", child) for name, child in node.items())
    if isinstance(node, list):
        return ((f"{prefix}{index}", child) for index, child in enumerate(node))
    return iter(())


def _check_node(path: str, node: Any) -> None:
    if isinstance(node, dict) and not all(map(is_storable, node)):
        raise ParseError(_("A name in the body has a character that cannot be stored."))
    if isinstance(node, str) and not is_storable(node):
        message = _("The text has a NUL character or half a character, which cannot be stored.")
        raise ValidationError({path: [message]}, code="forbidden_character")


def _too_deep() -> ParseError:
    return ParseError(_("The body is nested deeper than %(depth)d levels.") % {"depth": MAX_DEPTH}, code="too_deep")
