"""What the fields of a kind look like: enough for decoding, merging and ownership.

Server-side apply needs to know which maps and lists are one value (atomic) and which are merged piece by piece;
strict decoding needs to know every field. Both read this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Scalar:
    type: str  # string, integer, boolean, bytes, int-or-string, any
    go: str = ""
    pointer: bool = False  # an empty value is a value

    @property
    def go_type(self) -> str:
        return self.go or {"integer": "int32", "boolean": "bool", "bytes": "[]uint8"}.get(self.type, self.type)


@dataclass(frozen=True)
class Struct:
    """Known fields. `always` names those struct fields that are present even when nothing was set in them."""

    fields: Mapping[str, "Schema"]
    go: str = "Struct"
    atomic: bool = False
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Map:
    value: "Schema"
    atomic: bool = False


@dataclass(frozen=True)
class List:
    """Atomic unless it has `keys` (a list of objects, merged by them) or is a `set` of scalars."""

    item: "Schema"
    keys: tuple[str, ...] = ()
    key_defaults: Mapping[str, Any] = field(default_factory=dict)
    is_set: bool = False
    go: str = "list"
    always: bool = False  # shown even when empty

    @property
    def atomic(self) -> bool:
        return not self.keys and not self.is_set

    def key_of(self, item: Object) -> tuple[tuple[str, Any], ...]:
        return tuple((key, item.get(key, self.key_defaults.get(key))) for key in self.keys)


Schema = Scalar | Struct | Map | List

STRING = Scalar("string")
OPTIONAL_STRING = Scalar("string", pointer=True)
INTEGER = Scalar("integer")
INT64 = Scalar("integer", go="int64")
BOOLEAN = Scalar("boolean")
BYTES = Scalar("bytes")
ANY = Scalar("any")
INT_OR_STRING = Scalar("int-or-string", go="intstr.IntOrString")


def skeleton(schema: Schema) -> Object:
    """The object as it is when nothing was set: only the structs that are always there."""
    if not isinstance(schema, Struct):
        return {}
    return {name: skeleton(schema.fields[name]) for name in schema.always}


def is_granular(schema: Schema) -> bool:
    """Whether managers can own parts of it."""
    return not isinstance(schema, Scalar) and not schema.atomic
