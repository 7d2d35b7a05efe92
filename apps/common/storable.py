"""Makes text that came from elsewhere fit for every database we run on.

PostgreSQL refuses NUL and lone surrogates, in text and inside JSON; a cluster or a certificate may hold either, and one
such name must not keep everything else from being stored.
"""

from __future__ import annotations

from typing import Any


def storable(text: str) -> str:
    """The text without NUL, and with what is no Unicode character replaced."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def storable_json(value: Any) -> Any:
    """The same for every text inside lists and dicts."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(entry) for entry in value]
    if isinstance(value, dict):
        return {storable(name): storable_json(entry) for name, entry in value.items()}
    return value
