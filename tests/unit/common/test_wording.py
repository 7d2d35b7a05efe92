import pytest
from django.utils import translation

from apps.common.wording import listed


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("en", [], ""),
        ("en", ["a"], "a"),
        ("en", ["a", "b"], "a and b"),
        ("en", ["a", "b", "c"], "a, b and c"),
        ("zh-hans", ["甲", "乙"], "甲和乙"),
        ("zh-hans", ["甲", "乙", "丙", "丁"], "甲、乙、丙和丁"),
        ("en", iter([1, "100 %", "%(last)s"]), "1, 100 % and %(last)s"),
    ],
)
def test_words_stand_in_a_row_as_the_language_does_it(language, words, text):
    with translation.override(language):
        assert listed(words) == text
