"""How a sentence is made so that it can be said again in another language; `apps.common.said` says it.

Free of Django, because the cluster gateway speaks as well and must not know it.
"""

from __future__ import annotations

from typing import Any


class Said(str):
    """The English sentence, which still knows how it was made."""

    msgid: str
    params: dict[str, Any]


class Phrase(Said):
    """A marked text that `%` makes a sentence of, as with gettext; the sentence can be said in another language too."""

    def __mod__(self, params: Any) -> Said:
        return say(self.msgid, **params)


def gettext_noop(msgid: str) -> str:
    """Marks a text for the translators where it stands, as Django's function of this name does."""
    return msgid


def say(msgid: str, **params: Any) -> Said:
    """`msgid` is marked with gettext_noop where it stands; values are plain JSON."""
    sentence = Said(msgid % params if params else msgid)
    sentence.msgid, sentence.params = msgid, params
    return sentence


def phrase(msgid: str) -> Phrase:
    """Import it as `_` where sentences are kept or said later: what it marks is translated when it is shown."""
    text = Phrase(msgid)
    text.msgid, text.params = msgid, {}
    return text
