"""How languages put words in a row.

Django knows the English way only: a comma and a blank between them, and a word before the last one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import pgettext


def listed(words: Iterable[object]) -> str:
    """“a”, “a and b”, “a, b and c”; nothing for no words."""
    *rest, last = [str(word) for word in words] or [""]
    if not rest:
        return last
    before = reduce(_followed, rest)
    return pgettext("words in a row", "%(before)s and %(last)s") % {"before": before, "last": last}


def _followed(before: str, word: str) -> str:
    return pgettext("words in a row", "%(before)s, %(word)s") % {"before": before, "word": word}
