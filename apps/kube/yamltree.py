"""Reads untrusted YAML into plain mappings, lists and scalars.

Narrower than YAML on purpose: one document, no anchors, aliases or tags (that is where bombs and object construction
live), no duplicate keys (two readers would see two documents), bounded depth. Errors carry a line and never the text
around it, since the text may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say

DEPTH_LIMIT = 32

# The C parser is ten times faster and is part of the wheels; the Python one reads the same language.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_TRUE = {"yes", "true", "on"}


class YamlRefused(Exception):
    """The text is not YAML as read here: `code`, `line` (0 if unknown) and one sentence."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class OtherScalar:
    """A number, a date or another scalar: never what a kubeconfig field wants, so it is kept apart from text."""

    tag: str


def read_yaml(text: str) -> Any:
    """The one document of `text` as dict, list, str, bool, None or OtherScalar; YamlRefused otherwise."""
    try:
        _check_events(yaml.parse(text, Loader=_LOADER))
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _malformed(mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise _malformed(0) from error
    return _plain(node) if node is not None else None


def _malformed(line: int) -> YamlRefused:
    if line:
        return YamlRefused("yaml_malformed", say(_n("This is not valid YAML near line %(line)d."), line=line), line)
    return YamlRefused(
        "yaml_malformed", _n("This is not valid YAML: it has characters that YAML does not allow."), line
    )


def _check_events(events: Iterator[Any]) -> None:
    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        _check_event(event, line)
        if documents > 1:
            raise YamlRefused("yaml_several_documents", _n("There is more than one YAML document."), line)
        if depth > DEPTH_LIMIT:
            raise YamlRefused(
                "yaml_too_deep", say(_n("The YAML is nested deeper than %(limit)d levels."), limit=DEPTH_LIMIT), line
            )


def _check_event(event: Any, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise YamlRefused(
            "yaml_alias", say(_n("Anchors and aliases are not accepted (line %(line)d)."), line=line), line
        )
    if getattr(event, "tag", None):
        raise YamlRefused("yaml_tag", say(_n("YAML tags are not accepted (line %(line)d)."), line=line), line)


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child) for child in node.value]
    return _scalar(node)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != _TEXT:
            raise YamlRefused("yaml_key", say(_n("A key on line %(line)d is not text."), line=line), line)
        if key_node.value in found:
            raise YamlRefused("yaml_duplicate_key", say(_n("A key on line %(line)d occurs twice."), line=line), line)
        found[key_node.value] = _plain(value_node)
    return found


def _scalar(node: yaml.Node) -> str | bool | OtherScalar | None:
    if node.tag == _TEXT:
        return str(node.value)
    if node.tag == _BOOL:
        return str(node.value).lower() in _TRUE
    return None if node.tag == _NULL else OtherScalar(node.tag)
