"""Sentences that are stored once and read in any language.

A worker writes what happened, people read it in English or Chinese. So a stored sentence keeps its msgid and values
beside the English text: `say` makes one, `stored` lays it into JSON, `shown` gives it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


class Said(str):
    """The English sentence, which still knows how it was made."""

    msgid: str
    params: dict[str, Any]


def say(msgid: str, **params: Any) -> Said:
    """`msgid` is marked with gettext_noop where it stands; values are plain JSON."""
    sentence = Said(msgid % params if params else msgid)
    sentence.msgid, sentence.params = msgid, params
    return sentence


def stored(message: str) -> dict[str, Any]:
    """The members that a JSON entry needs so that `shown` can say it again: message, message_id, params."""
    if isinstance(message, Said):
        return {"message": str(message), "message_id": message.msgid, "params": message.params}
    return {"message": message}


def shown(entry: Mapping[str, Any] | None) -> str:
    """The entry's sentence in the active language; a text without msgid is looked up as it is."""
    message: str = (entry or {}).get("message") or ""
    msgid: str = (entry or {}).get("message_id") or message
    params: dict[str, Any] = (entry or {}).get("params") or {}
    if not msgid:
        return ""
    translated = gettext(msgid)
    return translated % params if params else translated


def reason(code: str, message: str, hint: str = "") -> dict[str, Any]:
    """A stored reason: code, sentence and next step; the hint is a constant text and its own msgid."""
    return {"code": code, **stored(message), "hint": str(hint)}


def shown_reason(entry: Mapping[str, Any] | None) -> dict[str, str] | None:
    """A stored reason in the active language: {"code", "message", "hint"}."""
    if not entry:
        return None
    hint = entry.get("hint") or ""
    return {"code": entry.get("code", ""), "message": shown(entry), "hint": gettext(hint) if hint else ""}
