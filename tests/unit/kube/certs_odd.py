"""Certificates that no library signs: made by taking a good one apart and putting other DER into its place."""

from __future__ import annotations

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding

from tests.unit.kube.certs import Pair

SEQUENCE, INTEGER, VERSION, EXTENSIONS = 0x30, 0x02, 0xA0, 0xA3
SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
Fields = list[bytes]


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (octets if size < 0x80 else bytes([0x80 + len(octets)]) + octets) + content


def elements(content: bytes) -> Fields:
    """The DER elements that `content` is made of."""
    found = []
    while content:
        header = 2 + (content[1] - 0x80 if content[1] >= 0x80 else 0)
        size = content[1] if header == 2 else int.from_bytes(content[2:header], "big")
        found.append(content[: header + size])
        content = content[header + size :]
    return found


def inside(der: bytes) -> Fields:
    header = 2 + (der[1] - 0x80 if der[1] >= 0x80 else 0)
    return elements(der[header:])


def rebuilt(pair: Pair, change: Callable[[Fields], Fields]) -> str:
    """The certificate as PEM with the fields of its signed part changed; the signature no longer fits."""
    signed, *rest = inside(pair.certificate.public_bytes(Encoding.DER))
    changed = element(SEQUENCE, b"".join(change(inside(signed))))
    return as_pem(element(SEQUENCE, b"".join([changed, *rest])))


def replaced(pair: Pair, old: bytes, new: bytes) -> str:
    der = pair.certificate.public_bytes(Encoding.DER)
    assert old in der
    assert len(old) == len(new)
    return as_pem(der.replace(old, new))


def with_serial(number: int) -> Callable[[Fields], Fields]:
    value = element(INTEGER, number.to_bytes(2, "big", signed=True).lstrip(b"\0") or b"\0")
    return lambda fields: [fields[0], value, *fields[2:]]


def with_version(number: int) -> Callable[[Fields], Fields]:
    return lambda fields: [element(VERSION, element(INTEGER, bytes([number]))), *fields[1:]]


def as_version_1(fields: Fields) -> Fields:
    return [field for field in fields if field[0] not in {VERSION, EXTENSIONS}]


def with_extensions_twice(fields: Fields) -> Fields:
    return [_doubled(field) if field[0] == EXTENSIONS else field for field in fields]


def as_pem(der: bytes, label: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


def _doubled(field: bytes) -> bytes:
    (listed,) = inside(field)
    return element(EXTENSIONS, element(SEQUENCE, b"".join(inside(listed) * 2)))
