"""The hard words: all that templates ask for are explained, beside the word and on the help page alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from apps.web.glossary import TERMS

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
USES = [
    re.compile(r"""\{%\s*help\s+["']([a-z_]+)["']"""),
    re.compile(r"""\{%\s*(?:kv|form_field|component "(?:card|kv_row)")\s[^%]*\bword=["']([a-z_]+)["']"""),
]


def test_every_word_that_a_page_asks_for_is_explained():
    templates = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    used = {name for text in templates for use in USES for name in use.findall(text)}
    assert ("entry" in used, used - set(TERMS)) == (True, set())


@pytest.mark.parametrize("name", list(TERMS))
def test_help_names_the_word_and_links_to_it(name):
    with override("en"):
        html = Template(f'{{% help "{name}" %}}').render(Context())
    word = TERMS[name].word
    assert (f"What does “{word}” mean?" in html, f"<b>{word}</b>" in html, f'href="/help/#{name}"' in html) == (
        True,
    ) * 3


def test_help_for_an_unknown_word_is_an_error():
    with pytest.raises(KeyError):
        Template('{% help "no_such_word" %}').render(Context())
