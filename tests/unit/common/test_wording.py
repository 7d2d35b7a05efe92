import pytest
from django.utils import translation

from apps.common.wording import in_a_line, listed, spaced


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("en", [], ""),
        ("en", ["a"], "a"),
        ("en", ["a", "b"], "a and b"),
        ("en", ["a", "b", "c"], "a, b and c"),
        ("zh-hans", ["甲", "乙"], "甲和乙"),
        ("zh-hans", ["甲", "乙", "丙", "丁"], "甲、乙、丙和丁"),
        ("zh-hans", ["生产环境", "HTTPS", "自定义域名"], "生产环境、HTTPS 和自定义域名"),
        ("en", iter([1, "100 %", "%(last)s"]), "1, 100 % and %(last)s"),
    ],
)
def test_words_stand_in_a_row_as_the_language_does_it(language, words, text):
    with translation.override(language):
        assert listed(words) == text


@pytest.mark.parametrize(
    ("sentences", "line"),
    [
        (["It is taken.", "Choose another."], "It is taken. Choose another."),
        (["名称已被占用。", "请换一个。"], "名称已被占用。请换一个。"),
        (["It is taken.", ""], "It is taken."),
        ([], ""),
    ],
)
def test_sentences_follow_each_other_without_a_blank_after_a_wide_full_stop(sentences, line):
    assert in_a_line(*sentences) == line


@pytest.mark.parametrize(
    ("words", "shown"), [("9分钟前", "9\u00a0分钟前"), ("刚刚", "刚刚"), ("9 minutes ago", "9 minutes ago")]
)
def test_a_number_and_a_chinese_word_keep_a_gap_that_does_not_break(words, shown):
    assert spaced(words) == shown
