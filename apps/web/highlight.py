"""Manifests as marked-up YAML: CSS classes only, so that the colours follow the theme and the CSP stays strict."""

from __future__ import annotations

from django.utils.safestring import SafeString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.data import YamlLexer

FORMATTER = HtmlFormatter(nowrap=True)
LEXER = YamlLexer(stripnl=False)


def yaml_markup(text: str) -> SafeString:
    """HTML spans around the words of `text`; Pygments escapes everything it prints."""
    return SafeString(highlight(text, LEXER, FORMATTER).rstrip("\n"))
