"""Whatever a secret holds there is a verdict, the same one each time, and never one that OpenSSL would contradict."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kube.certificates import REASONS, TLS_SECRET_TYPE, WARNINGS, CertificateFacts, Roots, judge_pair, judge_secret
from tests.unit.kube import certs_odd as odd
from tests.unit.kube.certificate_corpus import CASES
from tests.unit.kube.certificate_kit import HOST, Kit
from tests.unit.kube.certs import NOW

VALUES = st.none() | st.text() | st.integers() | st.lists(st.text()) | st.binary().map(base64.b64encode)
ENTRIES = st.dictionaries(st.sampled_from(["tls.crt", "tls.key", "ca.crt"]), VALUES)
MARKERS = [
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"-----BEGIN PRIVATE KEY-----\n",
    b"\n",
    b" ",
]
PIECES = st.sampled_from([*MARKERS, b"-----", b"-", b"\r", b"\0", b"\xef\xbb\xbf", b"=", b"%"]) | st.binary(max_size=4)
# What a fast finger does to a file: at a place, so much goes and something else comes.
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 40), PIECES), min_size=1, max_size=3)
# Making a certificate takes as long as the machine lets it; what a verdict may cost is tested beside the chains.
UNHURRIED = settings(deadline=None)
MANY = settings(max_examples=200, deadline=None)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pairs")


def edited(text: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, gone, new in edits:
        start = place % (len(text) + 1)
        text = text[:start] + new + text[start + gone :]
    return text


def verdict(kit: Kit, certificate: bytes, key: bytes) -> CertificateFacts:
    """Judged twice, from both sides of base64."""
    roots = Roots([kit.root.certificate])
    content = {"tls.crt": base64.b64encode(certificate).decode(), "tls.key": base64.b64encode(key).decode()}
    facts = judge_pair(certificate, key, now=NOW, host=HOST, roots=roots)
    assert facts == judge_secret(TLS_SECRET_TYPE, content, now=NOW, host=HOST, roots=roots)
    assert {reason.code for reason in facts.reasons} <= set(REASONS)
    assert {warning.code for warning in facts.warnings} <= set(WARNINGS)
    return facts


def assert_loadable_if_usable(folder: Path, facts: CertificateFacts, certificate: bytes, key: bytes) -> None:
    if not facts.usable:
        return
    joined = folder / "joined.pem"
    joined.write_bytes(certificate + b"\n" + key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(joined)


@UNHURRIED
@given(ENTRIES | st.none() | st.lists(st.text()) | st.text())
def test_secret_of_random_values_is_refused(content: Any):
    facts = judge_secret(TLS_SECRET_TYPE, content, now=NOW, host=HOST)

    assert not facts.usable
    assert facts == judge_secret(TLS_SECRET_TYPE, content, now=NOW, host=HOST)


@UNHURRIED
@given(certificate=st.binary(max_size=2000), key=st.binary(max_size=500))
def test_random_bytes_are_refused(kit, certificate, key):
    assert not verdict(kit, certificate, key).usable


@UNHURRIED
@given(certificate=st.lists(PIECES).map(b"".join), key=st.lists(PIECES).map(b"".join))
def test_random_pieces_of_pem_are_refused(kit, certificate, key):
    assert not verdict(kit, certificate, key).usable


@UNHURRIED
@given(certificate=st.binary(max_size=300), key=st.binary(max_size=300))
def test_random_bytes_in_good_blocks_are_refused(kit, certificate, key):
    assert not verdict(kit, odd.as_pem(certificate).encode(), odd.as_pem(key, "PRIVATE KEY").encode()).usable


@MANY
@given(public=EDITS, private=EDITS | st.just([]))
def test_edited_pem_gets_a_verdict(kit, folder, public, private):
    certificate, key = (text.encode() for text in kit.chained(kit.leaf))
    certificate, key = edited(certificate, public), edited(key, private)

    assert_loadable_if_usable(folder, verdict(kit, certificate, key), certificate, key)


@MANY
@given(key=EDITS)
def test_edited_rsa_key_gets_a_verdict(kit, folder, key):
    certificate, private = (text.encode() for text in kit.chained(kit.rsa))
    private = edited(private, key)

    assert_loadable_if_usable(folder, verdict(kit, certificate, private), certificate, private)


@MANY
@given(length=st.integers(0, 2500), of_key=st.booleans())
def test_truncated_pem_gets_a_verdict(kit, folder, length, of_key):
    certificate, key = (text.encode() for text in kit.chained(kit.leaf))
    certificate, key = (certificate, key[:length]) if of_key else (certificate[:length], key)

    assert_loadable_if_usable(folder, verdict(kit, certificate, key), certificate, key)


@MANY
@given(edits=EDITS)
def test_damaged_der_gets_a_verdict(kit, folder, edits):
    der = edited(kit.leaf.certificate.public_bytes(Encoding.DER), edits)
    certificate, key = odd.as_pem(der).encode(), kit.leaf.key_pem.encode()

    assert_loadable_if_usable(folder, verdict(kit, certificate, key), certificate, key)


@MANY
@given(position=st.integers(0, 10_000), value=st.integers(0, 255))
def test_certificate_with_one_wrong_byte_gets_a_verdict(kit, folder, position, value):
    der = bytearray(kit.leaf.certificate.public_bytes(Encoding.DER))
    der[position % len(der)] = value
    certificate, key = odd.as_pem(bytes(der)).encode(), kit.leaf.key_pem.encode()

    assert_loadable_if_usable(folder, verdict(kit, certificate, key), certificate, key)


@UNHURRIED
@given(pair=st.tuples(st.sampled_from(sorted(CASES)), st.sampled_from(sorted(CASES))))
def test_halves_of_different_secrets_get_a_verdict(kit, folder, pair):
    certificate, key = CASES[pair[0]].make(kit)[0], CASES[pair[1]].make(kit)[1]
    certificate, key = (half.encode() if isinstance(half, str) else half for half in (certificate, key))

    assert_loadable_if_usable(folder, verdict(kit, certificate, key), certificate, key)
