"""What was said in English is said again in the reader's language, with its values in their places."""

from __future__ import annotations

import copy

from django.utils import translation

from apps.common.said import restored, spoken, stored
from apps.common.sentences import Said, gettext_noop, say

NAME = "The name %(host)s cannot be resolved."


def test_mark_changes_nothing():
    assert gettext_noop("Saved.") == "Saved."


def test_sentence_survives_a_copy():
    sentence = copy.deepcopy(say(NAME, host="kube.example.net"))

    assert isinstance(sentence, Said)
    assert (sentence.msgid, sentence.params) == (NAME, {"host": "kube.example.net"})


def test_spoken_puts_values_into_the_translation():
    with translation.override("zh-hans"):
        assert spoken(say(NAME, host="kube.example.net")) == "无法解析名称 kube.example.net。"


def test_spoken_looks_a_constant_sentence_up():
    with translation.override("zh-hans"):
        assert spoken("The token is empty.") == "令牌为空。"


def test_spoken_leaves_what_nobody_here_wrote():
    with translation.override("zh-hans"):
        assert spoken("admission webhook denied: 100% full") == "admission webhook denied: 100% full"
        assert spoken("令牌为空。") == "令牌为空。"
        assert spoken("") == ""


def test_phrases_among_the_values_are_said_and_names_are_not():
    msgid = "The entry %(address)s:%(port)d gives no answer: %(error)s."
    with translation.override("zh-hans"):
        phrase = spoken(say(msgid, address="10.0.0.1", port=80, error="connection refused"))
        name = spoken(say("There is no team %(name)s.", name="Test"))

    assert phrase == "入口 10.0.0.1:80 没有响应：连接被拒绝。"
    assert name == "团队 Test 不存在。"


def test_stored_in_chinese_is_english_in_the_row():
    with translation.override("zh-hans"):
        assert stored(say(NAME, host="a"))["message"] == "The name a cannot be resolved."


def test_restored_can_be_stored_in_another_place():
    entry = stored(say(NAME, host="a"))

    assert stored(restored(entry)) == entry
    assert stored(restored({"message": "the cluster says no"})) == {"message": "the cluster says no"}
