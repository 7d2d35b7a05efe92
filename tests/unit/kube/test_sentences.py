"""The gateway speaks English and knows no catalogue; whatever it says must still be in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import apps.kube
from tools import messages

SENTENCE = re.compile(r"[A-Z].* .*\.", re.DOTALL)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(Path(apps.kube.__path__[0]).rglob("*.py")):
        yield path.name, ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> set[int]:
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, DOCUMENTED) and node.body]
    return {id(statement.value) for statement in first if isinstance(statement, ast.Expr)}


def sentences(tree: ast.Module) -> Iterator[str]:
    said = docstrings(tree)
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said]
    yield from (node.value for node in constants if isinstance(node.value, str) and SENTENCE.fullmatch(node.value))


def test_every_sentence_of_the_gateway_is_translated():
    known = {message.msgid for message in messages.parse(messages.CATALOGUE.read_text(encoding="utf-8"))}

    assert [(name, text) for name, tree in trees() for text in sentences(tree) if text not in known] == []


def test_no_sentence_of_the_gateway_is_put_together():
    """A translation can only be found for a sentence that was made with `say`."""
    made = [
        (name, ast.unparse(node))
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and re.search(r""" .*\.["']$""", ast.unparse(node))
    ]

    assert made == []
