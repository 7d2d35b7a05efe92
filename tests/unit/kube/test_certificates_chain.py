"""Trust with and without known roots, what is kept of a chain, and how dear a verdict may be."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from apps.kube.certificates import CertificateFacts, ChainLink, Roots, judge_pair, load_roots, read_system_roots
from tests.unit.kube.certificate_kit import HOST, Kit
from tests.unit.kube.certs import DAY, NOW, authority, issue, key_pem
from tests.unit.kube.certs_odd import as_pem, rebuilt, with_serial


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


def judged(pair: tuple[str, str], roots: Roots | None) -> CertificateFacts:
    return judge_pair(pair[0].encode(), pair[1].encode(), now=NOW, host=HOST, roots=roots)


def warnings(pair: tuple[str, str], roots: Roots | None) -> list[str]:
    facts = judged(pair, roots)
    assert facts.usable
    return [warning.code for warning in facts.warnings]


def test_nothing_is_said_of_trust_without_roots(kit):
    assert warnings(kit.chained(kit.leaf), None) == []
    assert warnings(kit.alone(kit.leaf), None) == ["missing_intermediate"]
    assert warnings(kit.alone(issue([HOST])), None) == ["self_signed"]


def test_no_roots_trust_nobody(kit):
    assert warnings(kit.chained(kit.leaf), Roots()) == ["untrusted"]


@pytest.mark.parametrize("trusted", ["root", "issuer", "leaf"])
def test_any_certificate_on_the_way_may_be_the_trusted_one(kit, trusted):
    assert warnings(kit.chained(kit.leaf), Roots([getattr(kit, trusted).certificate])) == []


def test_root_of_the_same_name_with_another_key_is_not_trusted(kit):
    assert warnings(kit.chained(kit.leaf), Roots([authority("Root").certificate])) == ["untrusted"]


def test_one_of_two_roots_of_one_name_is_enough(kit):
    roots = Roots([authority("Root").certificate]) | Roots([kit.root.certificate, kit.root.certificate])

    assert len(roots) == 2
    assert warnings(kit.chained(kit.leaf), roots) == []


def test_renewed_issuer_of_the_same_key_is_as_good(kit):
    renewed = issue([], issuer=kit.root, common_name="Issuer", ca=True, key=kit.issuer.key)

    assert warnings((kit.leaf.pem + renewed.pem, kit.leaf.key_pem), Roots([kit.root.certificate])) == []


def test_two_that_issued_each_other_come_to_an_end(kit):
    first, second = authority("First"), authority("Second")
    one = issue([], issuer=second, common_name="First", ca=True, key=first.key)
    two = issue([], issuer=first, common_name="Second", ca=True, key=second.key)
    leaf = kit.make(issuer=one)

    assert warnings((leaf.pem + one.pem + two.pem, leaf.key_pem), Roots()) == ["untrusted"]


def test_chain_is_kept_from_the_leaf_up(kit):
    facts = judged((kit.leaf.pem + kit.root.pem + kit.issuer.pem, kit.leaf.key_pem), None)
    prints = [link.fingerprint_sha256 for link in facts.chain]

    assert facts.chain == tuple(
        ChainLink(subject, issuer, NOW - DAY, NOW + 90 * DAY, printed, "EC P-256")
        for (subject, issuer), printed in zip(
            [("test", "Issuer"), ("Issuer", "Root"), ("Root", "Root")], prints, strict=True
        )
    )
    assert prints[0] == facts.fingerprint_sha256
    assert len(set(prints)) == 3


def test_names_of_every_kind_are_kept_apart(kit):
    facts = judged(kit.with_names("10.0.0.1", "SHOP.example.com", "*.example.com", "2001:db8::1"), None)

    assert facts.subject_names == (HOST, "*.example.com")
    assert facts.other_names == ("10.0.0.1", "2001:db8::1")
    assert facts.common_name == "test"


def test_bundle_of_roots_is_read_whole(kit):
    zero = rebuilt(kit.root, with_serial(0))

    assert len(load_roots(f"# ours\n{kit.root.pem}\n{kit.issuer.pem}{zero}")) == 3
    assert len(load_roots(kit.root.pem.encode())) == 1


def test_bundle_that_cannot_be_read_is_refused(kit):
    for bundle in ("", "garbage", kit.root.key_pem, kit.root.pem + as_pem(b"x"), kit.root.pem[:-3], "\ufeff"):
        with pytest.raises(ValueError, match=r"^the bundle (cannot be read|holds no certificate)$"):
            load_roots(bundle)


def test_roots_of_the_system_vouch_for_none_of_ours(kit):
    assert read_system_roots() is read_system_roots()
    assert warnings(kit.chained(kit.leaf), read_system_roots()) == ["untrusted"]


def fastest(act: Callable[[], object]) -> float:
    """Milliseconds of CPU, the least of several, because the machine does other things too."""
    times = []
    for _ in range(7):
        start = time.thread_time()
        act()
        times.append((time.thread_time() - start) * 1000)
    return min(times)


def test_verdict_on_an_rsa_pair_is_cheap(kit):
    pair = kit.make(key=rsa.generate_private_key(65537, 2048))
    certificate, key = kit.chained(pair)[0].encode(), key_pem(pair.key).encode()

    # Proving that the key's factors are prime would take some sixty.
    assert fastest(lambda: judge_pair(certificate, key, now=NOW, host=HOST, roots=Roots([kit.root.certificate]))) < 10


def test_crowd_of_namesakes_is_cheap(kit):
    crowd = "".join(issue([], issuer=kit.root, common_name="Issuer", ca=True).pem for _ in range(200))
    certificate, key = (kit.leaf.pem + crowd).encode(), kit.leaf.key_pem.encode()

    assert fastest(lambda: judge_pair(certificate, key, now=NOW, host=HOST)) < 200
