"""Cases of the corpus about what certificates may be used for, and about what they may issue."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from tests.unit.kube.certificate_kit import HOST, Case, Kit, under
from tests.unit.kube.certs import DAY, NOW, issue

UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in wanted for usage in USAGES})


def within(*permitted: str) -> x509.NameConstraints:
    return x509.NameConstraints([x509.DNSName(name) for name in permitted], None)


def outside(*excluded: str) -> x509.NameConstraints:
    return x509.NameConstraints(None, [x509.DNSName(name) for name in excluded])


def used_as(kit: Kit, *extra: x509.ExtensionType, **options: Any) -> tuple[str, str]:
    return kit.with_names(extra=extra, **options)


def two_issuers(kit: Kit, *, upper: dict[str, Any]) -> tuple[str, str]:
    given: dict[str, Any] = {"issuer": kit.root, "common_name": "High", "ca": True} | upper
    high = issue([], **given)
    low = issue([], issuer=high, common_name="Low", ca=True)
    leaf = kit.make(issuer=low)
    return leaf.pem + low.pem + high.pem, leaf.key_pem


def twice_signed(kit: Kit) -> tuple[str, str]:
    """An issuer twice, with one name and key: the one that may not issue stands before the one that may."""
    key = ec.generate_private_key(ec.SECP256R1())
    old = issue([], issuer=kit.root, common_name="Renewed", key=key, ca=False)
    new = issue([], issuer=kit.root, common_name="Renewed", key=key, ca=True)
    leaf = kit.make(issuer=new)
    return leaf.pem + old.pem + new.pem, leaf.key_pem


def large_chain(kit: Kit) -> tuple[str, str]:
    crowd = "".join(issue([f"a{i}-{n}.example.org" for i in range(60)]).pem for n in range(90))
    return kit.leaf.pem + kit.issuer.pem + crowd, kit.leaf.key_pem


FIT = {
    "usage for servers, in signatures": Case(lambda k: used_as(k, key_usage("digital_signature"))),
    "usage for anything": Case(lambda k: k.with_usage(Usage.ANY_EXTENDED_KEY_USAGE), "", "limited_usage"),
    "usage for key exchange alone": Case(
        lambda k: used_as(k, key_usage("key_encipherment"), key=k.rsa.key), "", "limited_usage"
    ),
    "usage for key agreement alone": Case(lambda k: used_as(k, key_usage("key_agreement")), "", "limited_usage"),
    "unknown extension, not critical": Case(lambda k: used_as(k, UNKNOWN)),
    "issuer for these names": Case(lambda k: under(k, extra=[within("example.com")])),
    "issuer for names below": Case(lambda k: under(k, extra=[within("example.org", ".example.com")])),
    "issuer for all names but others": Case(lambda k: under(k, extra=[outside("example.org")])),
    "issuer without limits on names": Case(lambda k: under(k, extra=[within("")])),
    "root in place of the issuer": Case(
        lambda k: (k.make(issuer=k.root).pem + k.root.pem, k.leaf.key_pem), "key_mismatch", "root_included"
    ),
}

UNFIT = {
    "usage for clients only": Case(lambda k: k.with_usage(Usage.CLIENT_AUTH), "not_for_servers"),
    "usage for code and mail": Case(
        lambda k: k.with_usage(Usage.CODE_SIGNING, Usage.EMAIL_PROTECTION), "not_for_servers"
    ),
    "usage that nobody knows": Case(lambda k: k.with_usage(x509.ObjectIdentifier("1.2.3.4")), "not_for_servers"),
    "usage for revocation lists": Case(lambda k: used_as(k, key_usage("crl_sign")), "not_for_servers"),
    "usage for certificates alone": Case(lambda k: used_as(k, key_usage("key_cert_sign")), "not_for_servers"),
    "unknown critical extension": Case(lambda k: used_as(k, critical=[UNKNOWN]), "not_for_servers"),
    "precertificate": Case(lambda k: used_as(k, critical=[x509.PrecertPoison()]), "not_for_servers"),
    "issuer that is no authority": Case(lambda k: under(k, ca=False), "chain_broken"),
    "issuer that does not say what it is": Case(lambda k: under(k, ca=None), "chain_broken"),
    "issuer that may not sign certificates": Case(lambda k: under(k, extra=[key_usage("crl_sign")]), "chain_broken"),
    "issuer for clients only": Case(
        lambda k: under(k, extra=[x509.ExtendedKeyUsage([Usage.CLIENT_AUTH])]), "chain_broken"
    ),
    "issuer for other names": Case(lambda k: under(k, extra=[within("example.org")]), "chain_broken"),
    "issuer for all names but these": Case(lambda k: under(k, extra=[outside("example.com")]), "chain_broken"),
    "issuer of what merely ends like its names": Case(
        lambda k: under(k, extra=[within("op.example.com")]), "chain_broken"
    ),
    "issuer with an unknown critical extension": Case(lambda k: under(k, critical=[UNKNOWN]), "chain_broken"),
    "issuer below one that allows none": Case(
        lambda k: two_issuers(k, upper={"ca": None, "critical": [x509.BasicConstraints(ca=True, path_length=0)]}),
        "chain_broken",
    ),
    "expired issuer that is no authority": Case(
        lambda k: under(k, ca=False, not_before=NOW - 9 * DAY, not_after=NOW - DAY),
        "chain_broken",
        "intermediate_expired",
    ),
    "issuer that may not issue before one that may": Case(twice_signed, "chain_broken", "extra_certificate"),
    "more than clients accept": Case(large_chain, "chain_too_long", "extra_certificate"),
    "name with a dot at its end": Case(lambda k: k.with_names(f"{HOST}."), "host_not_covered", "unmatchable_name"),
    "wildcard with a dot at its end": Case(
        lambda k: k.with_names("*.example.com."), "host_not_covered", "unmatchable_name"
    ),
}
