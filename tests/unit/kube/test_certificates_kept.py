"""What is kept of every secret of the corpus: a chain without a key, from which trust is judged the same; and pairs
that are found in Secrets that were not made for them.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from apps.kube.certificates import (
    TRUST_CODES,
    CertificateFacts,
    Roots,
    UnreadableCertificate,
    find_pair,
    is_authority,
    judge_pair,
    read_authority,
    read_chain,
    read_public,
    trust_warnings,
)
from tests.unit.kube.certificate_corpus import CASES
from tests.unit.kube.certificate_kit import Case, Content, Kit
from tests.unit.kube.certs import NOW

ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


def as_bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


def judged(kit: Kit, case: Case, roots: Roots) -> CertificateFacts:
    return judge_pair(*map(as_bytes, case.make(kit)), now=NOW, roots=roots)


def opaque(**entries: bytes) -> dict[str, Any]:
    return {name: base64.b64encode(text).decode() for name, text in entries.items()}


@ALL
def test_stored_chain_is_public_and_says_the_same_of_trust(kit: Kit, case: Case) -> None:
    for roots in (Roots([kit.root.certificate]), Roots()):
        facts = judged(kit, case, roots)
        assert "PRIVATE" not in facts.chain_pem
        assert bool(facts.chain_pem) == bool(facts.fingerprint_sha256)
        if facts.chain_pem:
            said = [warning.code for warning in facts.warnings if warning.code in TRUST_CODES]
            assert trust_warnings(facts.chain_pem, now=NOW, roots=roots) == said
            chain = read_chain(facts.chain_pem, roots)
            assert chain.links == facts.chain
            assert (chain.anchor is None) == ("untrusted" in said)
            assert read_public(facts.chain_pem).fingerprint_sha256 == facts.fingerprint_sha256


@ALL
def test_pair_of_an_opaque_secret_gets_the_verdict_that_its_copy_would_get(kit: Kit, case: Case) -> None:
    certificate, key = map(as_bytes, case.make(kit))
    usual = find_pair(opaque(**{"tls.crt": certificate, "tls.key": key}), now=NOW)
    if certificate.strip() and key.strip():
        assert (usual.certificate, usual.private_key) == (certificate, key)
        assert usual.facts == judge_pair(certificate, key, now=NOW)
    other = find_pair(opaque(**{"a.pem": certificate, "b.pem": key, "note": b"text"}), now=NOW)
    if not other.facts.reasons:
        assert judge_pair(other.certificate, other.private_key, now=NOW) == other.facts
        assert b"PRIVATE" not in other.certificate


@pytest.mark.parametrize("content", [None, {}, {"x": "%%%"}, {"x": 5}, {"x": None}, {"tls.crt": "", "tls.key": ""}])
def test_what_holds_no_pair_is_no_pair_and_no_exception(content: Any) -> None:
    facts = find_pair(content, now=NOW).facts
    assert [reason.code for reason in facts.reasons] == ["no_certificate", "no_private_key"]


def test_right_halves_are_found_among_others(kit: Kit) -> None:
    leaf, other = kit.leaf, kit.make()
    entries = {
        "1.key": other.key_pem,
        "2.crt": kit.issuer.pem,
        "3.crt": leaf.pem + kit.issuer.pem,
        "4.key": leaf.key_pem,
    }
    pair = find_pair(opaque(**{name: text.encode() for name, text in entries.items()}), now=NOW)
    assert (pair.facts.reasons, pair.private_key) == ((), leaf.key_pem.encode())


def test_authorities_are_told_from_other_certificates(kit: Kit) -> None:
    assert [is_authority(pem) for pem in (kit.root.pem, kit.issuer.pem, kit.leaf.pem, "", "x")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert read_authority(kit.root.pem).common_name == "Root"
    for pem in ("", "x", kit.root.pem * 2, kit.root.key_pem):
        with pytest.raises(UnreadableCertificate):
            read_authority(pem)
