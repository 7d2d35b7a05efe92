"""The verdict on every secret of the corpus, and OpenSSL's word that what is called usable can be served."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from apps.kube.certificates import REASONS, WARNINGS, Roots, judge_pair
from tests.unit.kube.certificate_corpus import CASES, GOOD, NAMES, REFUSED, UNREADABLE
from tests.unit.kube.certificate_kit import Case, Content, Kit
from tests.unit.kube.certs import NOW


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


def as_bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


def assert_openssl_loads(folder: Path, certificate: bytes, key: bytes) -> None:
    """As nginx does it: from two files, or from one that joins them."""
    (folder / "tls.crt").write_bytes(certificate)
    (folder / "tls.key").write_bytes(key)
    (folder / "joined.pem").write_bytes(certificate + b"\n" + key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "tls.crt", folder / "tls.key")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "joined.pem")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_secret_of_the_corpus_gets_its_verdict(kit: Kit, case: Case, tmp_path):
    certificate, key = map(as_bytes, case.make(kit))

    facts = judge_pair(certificate, key, now=NOW, host=case.host, roots=Roots([kit.root.certificate]))

    assert [reason.code for reason in facts.reasons] == case.reasons.split()
    assert [warning.code for warning in facts.warnings] == case.warnings.split()
    if facts.usable:
        assert_openssl_loads(tmp_path, certificate, key)


def test_corpus_has_every_code_and_no_name_twice():
    parts = (GOOD, NAMES, REFUSED, UNREADABLE)
    said = {code for case in CASES.values() for code in f"{case.reasons} {case.warnings}".split()}

    assert len(CASES) == sum(map(len, parts))
    assert len(CASES) >= 60
    assert said == {*REASONS, *WARNINGS} - {"not_tls_type"}
