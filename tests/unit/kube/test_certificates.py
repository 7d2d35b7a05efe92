"""Verdicts on TLS secrets, good, bad and absurd."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from apps.kube.certificates import (
    REASONS,
    WARNINGS,
    CertificateFacts,
    ChainLink,
    Roots,
    covers,
    judge_secret,
    passing_reasons,
)
from tests.unit.kube.certs import DAY, NOW, Pair, authority, issue, key_pem

HOST = "shop.example.com"
TLS = "kubernetes.io/tls"


def content(certificate: str | bytes, key: str | bytes) -> dict[str, str]:
    parts = {"tls.crt": certificate, "tls.key": key}
    return {
        name: base64.b64encode(part.encode() if isinstance(part, str) else part).decode()
        for name, part in parts.items()
    }


def codes(secret: Any, *, host: str | None = HOST, secret_type: str = TLS) -> list[str]:
    facts = judge_secret(secret_type, secret, now=NOW, host=host)
    assert facts.usable == (not facts.reasons)
    return [reason.code for reason in facts.reasons]


@pytest.fixture(scope="module")
def root() -> Pair:
    return authority("Test root")


@pytest.fixture(scope="module")
def good(root: Pair) -> Pair:
    return issue([HOST, "WWW.shop.example.com"], issuer=root)


def test_good_secret_has_facts_and_no_reasons(good, root):
    facts = judge_secret(TLS, content(good.pem, good.key_pem), now=NOW, host=HOST, roots=Roots([root.certificate]))

    assert facts == CertificateFacts(
        subject_names=(HOST, "www.shop.example.com"),
        issuer="Test root",
        not_before=NOW - DAY,
        not_after=NOW + 90 * DAY,
        fingerprint_sha256=facts.fingerprint_sha256,
        key_type="EC P-256",
        common_name="test",
        chain=(ChainLink("test", "Test root", NOW - DAY, NOW + 90 * DAY, facts.fingerprint_sha256, "EC P-256"),),
        chain_pem=good.pem,
    )
    assert len(facts.fingerprint_sha256) == 64


def test_verdict_holds_nothing_of_the_key(good):
    facts = judge_secret(TLS, content(good.pem, good.key_pem), now=NOW)

    assert good.key_pem.splitlines()[1] not in repr(facts)


@pytest.mark.parametrize("secret_type", ["Opaque", "kubernetes.io/service-account-token", "", "KUBERNETES.IO/TLS"])
def test_secret_of_another_type_is_not_opened(good, secret_type):
    facts = judge_secret(secret_type, content(good.pem, good.key_pem), now=NOW)

    assert facts == CertificateFacts(reasons=(REASONS["not_tls_type"],))


def test_parts_that_lack_are_named(good):
    blank = base64.b64encode(b" \n").decode()

    assert codes(None) == ["no_certificate", "no_private_key"]
    assert codes({}) == ["no_certificate", "no_private_key"]
    assert codes({"tls.crt": "", "tls.key": None}) == ["no_certificate", "no_private_key"]
    assert codes({"tls.crt": blank, "tls.key": blank}) == ["no_certificate", "no_private_key"]
    assert codes(content(good.pem, "")) == ["no_private_key"]
    assert codes(content("", good.key_pem)) == ["no_certificate"]


def test_parts_that_cannot_be_read_are_unparsable(good):
    der = good.certificate.public_bytes(serialization.Encoding.DER)
    encrypted = key_pem(good.key, b"pass")

    assert codes(content(der, good.key_pem)) == ["unparsable"]
    assert codes(content("garbage", good.key_pem)) == ["unparsable"]
    assert codes(content(good.pem[:200], good.key_pem)) == ["unparsable"]
    assert codes(content(good.key_pem, good.pem)) == ["unparsable"]
    assert codes(content(good.pem, "garbage")) == ["unparsable"]
    assert codes(content(good.pem, encrypted)) == ["unparsable"]
    assert codes(content(good.pem, good.pem)) == ["unparsable"]
    assert codes({"tls.crt": "%%%", "tls.key": "%%%"}) == ["unparsable"]
    assert codes({"tls.crt": 5, "tls.key": ["x"]}) == ["unparsable"]


def test_key_of_another_pair_is_a_mismatch(good):
    assert codes(content(good.pem, issue([HOST]).key_pem)) == ["key_mismatch"]


def test_leaf_after_its_authority_is_out_of_order(good, root):
    assert codes(content(root.pem + good.pem, good.key_pem)) == ["chain_order"]


def test_dates_are_judged_to_the_second(root):
    past = issue([HOST], issuer=root, not_before=NOW - 9 * DAY, not_after=NOW - DAY)
    future = issue([HOST], issuer=root, not_before=NOW + DAY)
    last_second = issue([HOST], issuer=root, not_before=NOW, not_after=NOW)

    assert codes(content(past.pem, past.key_pem)) == ["expired"]
    assert codes(content(future.pem, future.key_pem)) == ["not_yet_valid"]
    assert codes(content(last_second.pem, last_second.key_pem)) == []


def test_several_reasons_are_all_named(root):
    bad = issue(["other.example.com"], issuer=root, not_before=NOW - 9 * DAY, not_after=NOW - DAY)

    assert codes(content(bad.pem, issue([]).key_pem)) == ["key_mismatch", "expired", "host_not_covered"]


def test_certificate_without_names_covers_nothing(root):
    nameless = issue([], issuer=root, common_name=HOST)

    assert codes(content(nameless.pem, nameless.key_pem)) == ["host_not_covered"]
    assert codes(content(nameless.pem, nameless.key_pem), host=None) == ["host_not_covered"]


def test_host_is_judged_only_if_asked(root):
    other = issue(["other.example.com"], issuer=root)

    assert codes(content(other.pem, other.key_pem), host=None) == []


def test_authority_itself_is_no_server_certificate():
    pair = issue([HOST], ca=True)

    assert codes(content(pair.pem, pair.key_pem)) == ["ca_certificate"]


def test_self_signed_server_certificate_is_usable():
    pair = issue([HOST], ca=False)

    assert codes(content(pair.pem, pair.key_pem)) == []


@pytest.mark.parametrize(
    ("key", "key_type", "expected"),
    [
        (lambda: rsa.generate_private_key(65537, 2048), "RSA 2048", []),
        (lambda: rsa.generate_private_key(65537, 1024), "RSA 1024", ["weak_key"]),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "EC P-384", []),
        (lambda: ec.generate_private_key(ec.SECP224R1()), "EC secp224r1", ["weak_key"]),
        (ed25519.Ed25519PrivateKey.generate, "Ed25519", []),
        (lambda: dsa.generate_private_key(2048), "DSA", ["weak_key"]),
    ],
    ids=["rsa2048", "rsa1024", "p384", "p224", "ed25519", "dsa"],
)
def test_key_type_is_named_and_weak_ones_refused(root, key, key_type, expected):
    pair = issue([HOST], issuer=root, key=key())

    facts = judge_secret(TLS, content(pair.pem, pair.key_pem), now=NOW, host=HOST)

    assert (facts.key_type, [reason.code for reason in facts.reasons]) == (key_type, expected)


def test_stored_facts_are_judged_again_on_another_day(good):
    facts = judge_secret(TLS, content(good.pem, good.key_pem), now=NOW)

    assert passing_reasons(facts, now=NOW + 91 * DAY, host="x.test") == ["expired", "host_not_covered"]
    assert passing_reasons(facts, now=NOW - 2 * DAY, host=HOST) == ["not_yet_valid"]


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("a.example.com", ["a.example.com"], True),
        ("A.Example.Com", ["a.eXample.com"], True),
        ("a.example.com.", ["a.example.com"], True),
        ("a.example.com", ["*.example.com"], True),
        ("a.example.com", ["*.EXAMPLE.com"], True),
        ("a.b.example.com", ["*.example.com"], False),
        ("example.com", ["*.example.com"], False),
        ("example.com", ["example.com.evil.test"], False),
        ("xexample.com", ["*.example.com", "example.com"], False),
        ("foo.example.com", ["f*.example.com", "*.*.com", "a.*.com", "*"], False),
        ("example.com", ["*.com"], False),
        ("localhost", ["*"], False),
        (".example.com", ["*.example.com"], False),
        ("", [""], False),
        ("*.example.com", ["*.example.com"], True),
        ("*.example.com", ["a.example.com"], False),
        ("*.a.example.com", ["*.example.com"], False),
        ("a.example.com", [], False),
        ("bücher.example.com", ["xn--bcher-kva.example.com"], True),
        ("BÜCHER.example.com", ["XN--BCHER-KVA.example.com"], True),
        ("bücher。example。com", ["*.example.com"], True),
        ("*.bücher.example", ["*.xn--bcher-kva.example"], True),
        ("xn--bcher-kva.example", ["bücher.example"], True),
        ("bücher.example", ["*.example"], False),
        ("\u0300a.example.com", ["*.example.com"], False),
        ("straße.example.com", ["strasse.example.com"], False),
        ("10.0.0.1", ["10.0.0.1", "*.0.0.1"], False),
        ("::1", ["::1"], False),
        ("a..com", ["*..com"], False),
        ("a.example.com..", ["a.example.com"], False),
        ("shop_1.example.com", ["*.example.com"], True),
        ("a.example.com", ["a.example.com\0.evil.test", "a.example.com ", "http://a.example.com"], False),
    ],
)
def test_covers_whole_names_and_one_label(host, names, expected):
    assert covers(host, names) is expected


def test_every_reason_says_what_to_do():
    assert all(reason.message and reason.hint for reason in (*REASONS.values(), *WARNINGS.values()))
    assert REASONS.keys().isdisjoint(WARNINGS)
    assert list(REASONS) == [
        "not_tls_type",
        "no_certificate",
        "no_private_key",
        "unparsable",
        "key_mismatch",
        "chain_order",
        "expired",
        "not_yet_valid",
        "host_not_covered",
        "weak_key",
        "ca_certificate",
        "not_for_servers",
        "chain_broken",
        "chain_too_long",
    ]
