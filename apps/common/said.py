"""Sentences that are stored once and read in any language.

A worker writes what happened, people read it in English or Chinese. So a stored sentence keeps its msgid and values
beside the English text: `say` makes one, `stored` lays it into JSON, `shown` gives it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from apps.common.sentences import Said, phrase, say

__all__ = ["Said", "phrase", "reason", "restored", "say", "shown", "shown_reason", "spoken", "stored"]


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
    return translated % {name: _value(value) for name, value in params.items()} if params else translated


def restored(entry: Mapping[str, Any]) -> str:
    """The sentence of a stored entry as `say` made it, to be stored in another place."""
    return say(entry["message_id"], **entry["params"]) if "message_id" in entry else entry["message"]


def spoken(message: str) -> str:
    """A sentence that was not stored, in the active language; one that was said in it already stays as it is."""
    return shown(stored(message))


def _value(value: Any) -> Any:
    """A value that is a phrase of ours, like “connection refused”, is said as well; names have no blanks."""
    return gettext(value) if isinstance(value, str) and " " in value else value


def reason(code: str, message: str, hint: str = "") -> dict[str, Any]:
    """A stored reason: code, sentence, next step. A constant hint is its own msgid; one with values keeps them."""
    kept = {"said_hint": stored(hint)} if isinstance(hint, Said) and hint.params else {}
    return {"code": code, **stored(message), "hint": str(hint), **kept}


def shown_reason(entry: Mapping[str, Any] | None) -> dict[str, str] | None:
    """A stored reason in the active language: {"code", "message", "hint"}."""
    if not entry:
        return None
    hint = shown(entry.get("said_hint") or {"message": entry.get("hint")})
    return {"code": entry.get("code", ""), "message": shown(entry), "hint": hint}
