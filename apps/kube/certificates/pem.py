"""Finds the blocks of a PEM text as strictly as the controllers do.

`cryptography` reads what OpenSSL and Go refuse: a block without its END line, on one line, after a byte order mark.
A secret that only we can read is one that nobody can serve, so such a text is damaged here too.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

CERTIFICATE = b"CERTIFICATE"
KEY_LABELS = frozenset({b"PRIVATE KEY", b"RSA PRIVATE KEY", b"EC PRIVATE KEY", b"DSA PRIVATE KEY"})
ENCRYPTED_KEY = b"ENCRYPTED PRIVATE KEY"
_BLANKS = b" \t\r"
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
# Every line that looks like the edge of a block, so that a long comment costs nothing.
_EDGE = re.compile(rb"^[^\n]*-----(?:BEGIN|END)[^\n]*", re.MULTILINE)


class DamagedPem(ValueError):
    """A BEGIN or END line is missing, incomplete, or not alone on its line."""


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between BEGIN and END."""

    label: bytes
    lines: tuple[bytes, ...]

    @property
    def der(self) -> bytes:
        """Raises ValueError if the lines are not base64, or if one is empty, which OpenSSL takes for an end."""
        if not all(self.lines):
            raise ValueError("an empty line")
        return base64.b64decode(b"".join(self.lines), validate=True)

    @property
    def pem(self) -> bytes:
        begin, end = b"-----BEGIN " + self.label + b"-----", b"-----END " + self.label + b"-----"
        return b"\n".join([begin, *self.lines, end, b""])

    @property
    def is_key(self) -> bool:
        return self.label in KEY_LABELS or self.label == ENCRYPTED_KEY

    @property
    def is_encrypted(self) -> bool:
        return self.label == ENCRYPTED_KEY or any(line.startswith(b"Proc-Type: 4,ENCRYPTED") for line in self.lines)


def read_blocks(text: bytes) -> list[Block]:
    """The blocks in their order; what stands between them is comment. Raises DamagedPem."""
    blocks: list[Block] = []
    label, start = b"", 0
    for edge in _EDGE.finditer(text):
        line = edge[0].rstrip(_BLANKS)
        begin = _BEGIN.fullmatch(line)
        if begin and not label:
            label, start = begin[1], edge.end()
        elif label and line == b"-----END " + label + b"-----":
            blocks.append(Block(label, _lines(text[start : edge.start()])))
            label = b""
        else:
            raise DamagedPem
    if label:
        raise DamagedPem
    return blocks


def _lines(between: bytes) -> tuple[bytes, ...]:
    """The lines between two edges, without the newlines that belong to the edges."""
    return tuple(line.rstrip(_BLANKS) for line in between.split(b"\n")[1:-1])
