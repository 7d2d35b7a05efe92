"""How languages put words in a row.

Django knows the English way only: a comma and a blank between them, and a word before the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce

from django.utils.translation import pgettext

# Where a Han character and a Latin one meet, Chinese typography leaves a gap.
HAN = r"[\u4e00-\u9fff]"
SEAM = re.compile(rf"(?<=[A-Za-z0-9])(?={HAN})|(?<={HAN})(?=[A-Za-z0-9])")
FULL_WIDTH_ENDS = ("。", "！", "？", "；", "：")


def listed(words: Iterable[object]) -> str:
    """“a”, “a and b”, “a, b and c”; nothing for no words."""
    *rest, last = [str(word) for word in words] or [""]
    if not rest:
        return last
    before = reduce(_followed, rest)
    return SEAM.sub(" ", pgettext("words in a row", "%(before)s and %(last)s") % {"before": before, "last": last})


def spaced(words: str) -> str:
    """“9分钟前” → “9 分钟前”, without a break between them."""
    return SEAM.sub("\u00a0", words)


def sentence(words: str) -> str:
    """“Waiting” → “Waiting.”"""
    return pgettext("end of a sentence", "%(words)s.") % {"words": words}


def in_a_line(*sentences: str) -> str:
    """One sentence after the other; after a full stop of full width there is no blank."""
    said = [text for text in sentences if text]
    return "".join(text if text.endswith(FULL_WIDTH_ENDS) else f"{text} " for text in said).strip()


def _followed(before: str, word: str) -> str:
    return pgettext("words in a row", "%(before)s, %(word)s") % {"before": before, "word": word}
