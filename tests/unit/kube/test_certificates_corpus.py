"""The verdict on every secret of the corpus, and OpenSSL's word that what is called usable can be served."""

from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from apps.kube.certificates import REASONS, WARNINGS, Roots, judge_pair
from tests.unit.kube.certificate_corpus import CASES, GOOD, NAMES, REFUSED, UNREADABLE
from tests.unit.kube.certificate_fitness import FIT, UNFIT
from tests.unit.kube.certificate_kit import Case, Content, Kit
from tests.unit.kube.certs import DAY, NOW

# With these a client may well refuse, and the warning says so.
TROUBLED = {"missing_intermediate", "untrusted", "self_signed", "intermediate_expired", "limited_usage"}


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


def assert_client_connects(folder: Path, root: str, host: str) -> None:
    """A whole handshake in memory: the client trusts the root alone and looks for the host."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    client.load_verify_locations(cadata=root)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname=host), server.wrap_bio(up, down, server_side=True)]
    for _round in range(4):
        for end in ends:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    assert ends[0].version() is not None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_secret_of_the_corpus_gets_its_verdict(kit: Kit, case: Case, tmp_path):
    certificate, key = map(as_bytes, case.make(kit))

    facts = judge_pair(certificate, key, now=NOW, host=case.host, roots=Roots([kit.root.certificate]))

    assert [reason.code for reason in facts.reasons] == case.reasons.split()
    assert [warning.code for warning in facts.warnings] == case.warnings.split()
    if facts.usable:
        assert_openssl_loads(tmp_path, certificate, key)
        if case.host and not TROUBLED & set(case.warnings.split()) and facts.not_after and facts.not_after > NOW + DAY:
            assert_client_connects(tmp_path, kit.root.pem, case.host.removesuffix("."))


def test_corpus_has_every_code_and_no_name_twice():
    parts = (GOOD, NAMES, REFUSED, UNREADABLE, FIT, UNFIT)
    said = {code for case in CASES.values() for code in f"{case.reasons} {case.warnings}".split()}

    assert len(CASES) == sum(map(len, parts))
    assert len(CASES) >= 60
    assert said == {*REASONS, *WARNINGS} - {"not_tls_type"}
