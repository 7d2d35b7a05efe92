"""A stored sentence is English in the row and the reader's language on the page."""

from __future__ import annotations

import json

from django.utils import translation

from apps.common.said import reason, say, shown, shown_reason, stored


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
