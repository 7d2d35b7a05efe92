"""Two manifests line by line, as YAML with everything around the changes: an Ingress is short enough to show whole."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import NamedTuple

from apps.exposures.models import Revision
from apps.kube.manifests import to_yaml


class Line(NamedTuple):
    """`kind` is add, del, or empty for a line that both have; the numbers are those of the line before and after."""

    kind: str
    text: str
    old: int | None
    new: int | None


def yaml_of(revision: Revision | None) -> str:
    return to_yaml(json.loads(revision.rendered)) if revision else ""


def lines_between(before: str, after: str) -> list[Line]:
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Line("", old[i], i + 1, j1 + i - i1 + 1) for i in range(i1, i2)]
            continue
        found += [Line("del", old[i], i + 1, None) for i in range(i1, i2)]
        found += [Line("add", new[j], None, j + 1) for j in range(j1, j2)]
    return found


def counts(lines: list[Line]) -> tuple[int, int]:
    """How many lines are new, and how many are gone."""
    return sum(line.kind == "add" for line in lines), sum(line.kind == "del" for line in lines)
