"""A stored sentence is English in the row and the reader's language on the page."""

from __future__ import annotations

import json

from django.utils import translation

from apps.common.said import phrase, reason, say, shown, shown_reason, stored


def test_sentence_is_plain_text_where_nobody_cares() -> None:
    sentence = say("Applied to %(cluster)s, read back and equal.", cluster="dev-1")
    assert sentence == "Applied to dev-1, read back and equal."
    assert json.dumps({"message": sentence}) == '{"message": "Applied to dev-1, read back and equal."}'


def test_stored_sentence_keeps_how_it_was_made() -> None:
    assert stored(say("Tried %(count)d times.", count=3)) == {
        "message": "Tried 3 times.",
        "message_id": "Tried %(count)d times.",
        "params": {"count": 3},
    }
    assert stored("the cluster says: 100 % full") == {"message": "the cluster says: 100 % full"}


def test_shown_in_english_is_what_was_said_and_percent_signs_survive() -> None:
    with translation.override("en"):
        assert shown(stored(say("Tried %(count)d times.", count=3))) == "Tried 3 times."
        assert shown({"message": "the cluster says: 100 % full"}) == "the cluster says: 100 % full"
        assert shown(None) == shown({}) == shown({"message": ""}) == ""


def test_reason_has_code_sentence_and_next_step() -> None:
    entry = reason("base_moved", say("The exposure has changed."), "Resubmit.")
    with translation.override("en"):
        assert shown_reason(entry) == {
            "code": "base_moved",
            "message": "The exposure has changed.",
            "hint": "Resubmit.",
        }
        assert shown_reason(None) is None


def test_reason_keeps_the_values_of_its_next_step() -> None:
    hint = say("It has: %(ports)s.", ports="http, 80")
    entry = reason("port_not_found", say("There is no port."), hint)
    assert (entry["hint"], entry["said_hint"]) == ("It has: http, 80.", stored(hint))
    with translation.override("zh-hans"):
        shown_hint = (shown_reason(entry) or {})["hint"]
        assert shown_hint.endswith("http, 80。")
    assert "said_hint" not in reason("x", "y", say("Choose another host."))


def test_phrase_becomes_a_sentence_by_percent_and_stays_one_without() -> None:
    assert stored(phrase("It has: %(ports)s.") % {"ports": "http"}) == {
        "message": "It has: http.",
        "message_id": "It has: %(ports)s.",
        "params": {"ports": "http"},
    }
    assert stored(phrase("Choose another host.")) == {
        "message": "Choose another host.",
        "message_id": "Choose another host.",
        "params": {},
    }
