"""Every verb that the product records has words, and every sentence has its places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from apps.approvals.enums import Verb
from apps.audit.models import AuditEvent
from apps.web.presenters.audit import EventRow
from apps.web.presenters.audit_words import BY_SYSTEM, VERBS, field_label, object_label, verb_label, verb_sentence

APPS = Path(__file__).resolve().parents[3] / "apps"
VERB = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
IMPORT = "from apps.audit.services import record"
# Members of a Secret, which look alike.
NO_VERBS = {"tls.crt", "tls.key"}


def recorded() -> Iterator[str]:
    """The verbs in modules that write the audit trail; those of requests are made from an enum."""
    yield from (f"request.{verb}" for verb in Verb.values)
    for path in APPS.rglob("*.py"):
        text = path.read_text()
        if IMPORT in text:
            constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
            yield from (value for value in constants if isinstance(value, str) and VERB.fullmatch(value))


def test_every_recorded_verb_has_words() -> None:
    assert sorted(set(recorded()) - set(VERBS) - NO_VERBS) == []


@pytest.mark.parametrize("verb", [*VERBS, "something.new"])
def test_sentence_names_who_and_what(verb: str) -> None:
    said = str(verb_sentence(verb)).format(actor="ann", object="shop")
    assert "ann" in said
    assert "{" not in said
    assert str(verb_label(verb))


@pytest.mark.parametrize("verb", list(BY_SYSTEM))
def test_what_the_product_does_itself_reads_differently(verb: str) -> None:
    assert str(verb_sentence(verb, by_system=True)) != str(verb_sentence(verb))


def test_labels_of_verbs_are_told_apart() -> None:
    labels = [str(words.label) for words in VERBS.values()]
    assert len(set(labels)) == len(labels)


def test_fields_and_objects_have_words() -> None:
    assert field_label("entry.http_port") == "Entry › HTTP port"
    assert field_label("paths.0.some_thing") == "Paths › 0 › Some thing"
    assert (object_label("reserved_host"), object_label("new_thing")) == ("Reserved name", "New thing")


@pytest.mark.parametrize(("actor", "begins"), [("system:delivery", "<b>下发</b>发现 "), ("ann", "<b>ann</b> 发现 ")])
def test_a_chinese_name_is_followed_by_its_verb_without_a_blank(actor, begins):
    with translation.override("zh-hans"):
        row = EventRow(AuditEvent(actor=actor, verb="request.outdate", object_name="shop"), [], "")
        assert row.sentence.startswith(begins)
