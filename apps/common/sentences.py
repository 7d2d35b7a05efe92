"""How a sentence is made so that it can be said again in another language; `apps.common.said` says it.

Free of Django, because the cluster gateway speaks as well and must not know it.
"""

from __future__ import annotations

from typing import Any


class Said(str):
    """The English sentence, which still knows how it was made."""

    msgid: str
    params: dict[str, Any]


def gettext_noop(msgid: str) -> str:
    """Marks a text for the translators where it stands, as Django's function of this name does."""
    return msgid


def say(msgid: str, **params: Any) -> Said:
    """`msgid` is marked with gettext_noop where it stands; values are plain JSON."""
    sentence = Said(msgid % params if params else msgid)
    sentence.msgid, sentence.params = msgid, params
    return sentence
