"""A cluster's refusal in the words of the person who asks, in every language, with the raw line beside it."""

from __future__ import annotations

import pytest

from apps.exposures.admission import WORDS, word_refusal
from apps.kube.refusals import Refusal, Refuser


@pytest.mark.parametrize("refuser", list(Refuser))
def test_every_refusal_is_a_sentence_with_a_next_step(refuser: Refuser) -> None:
    answer = word_refusal(Refusal(refuser, "raw line", "rule", "No such path."), "dev-1")
    assert set(WORDS) == set(Refuser)
    assert "%(" not in answer.message + answer.hint
    assert answer.message.endswith(".")
    assert answer.hint.endswith(".")
    assert answer.raw == "raw line"


def test_webhook_is_named_with_its_reason() -> None:
    answer = word_refusal(Refusal(Refuser.WEBHOOK, "raw", "hosts.example.com", "only lower case"), "dev-1")
    assert (answer.accepted, answer.message, answer.hint) == (
        False,
        "A rule of cluster dev-1 forbids it: only lower case",
        "Change what it names. The rule is “hosts.example.com”; the platform team can tell more.",
    )


@pytest.mark.parametrize("refuser", [Refuser.NOBODY, Refuser.SILENT_WEBHOOK, Refuser.NO_DRY_RUN])
def test_no_answer_is_no_refusal(refuser: Refuser) -> None:
    assert word_refusal(Refusal(refuser, "raw", "rule"), "dev-1").accepted is None


def test_refusal_without_a_reason_shows_the_line_itself() -> None:
    assert word_refusal(Refusal(Refuser.WEBHOOK, "the raw line.", "rule"), "dev-1").message == (
        "A rule of cluster dev-1 forbids it: the raw line."
    )
