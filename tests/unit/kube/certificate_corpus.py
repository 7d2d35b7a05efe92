"""The corpus of TLS secrets, as one table: how each is made, and what must be said of it."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from tests.unit.kube import certs_odd as odd
from tests.unit.kube.certificate_fitness import FIT, UNFIT
from tests.unit.kube.certificate_kit import (
    END,
    HOST,
    PARAMETERS,
    Case,
    older,
    raw_dns,
    request,
    signed_by,
    two_hundred,
    under,
    wrong_rsa_key,
)
from tests.unit.kube.certs import DAY, NOW, authority, issue, key_pem

GOOD = {
    "leaf and its issuer": Case(lambda k: k.chained(k.leaf)),
    "leaf, issuer and root": Case(
        lambda k: (k.leaf.pem + k.issuer.pem + k.root.pem, k.leaf.key_pem), "", "root_included"
    ),
    "leaf of the root itself": Case(lambda k: k.alone(k.make(issuer=k.root))),
    "RSA key, PKCS#8": Case(lambda k: k.chained(k.rsa)),
    "RSA key, PKCS#1": Case(lambda k: (k.chained(k.rsa)[0], older(k.rsa, PrivateFormat.TraditionalOpenSSL))),
    "EC key, SEC 1": Case(lambda k: k.with_private(lambda _: older(k.leaf, PrivateFormat.TraditionalOpenSSL))),
    "EC key after its parameters": Case(
        lambda k: k.with_private(lambda _: PARAMETERS + older(k.leaf, PrivateFormat.TraditionalOpenSSL))
    ),
    "P-384": Case(lambda k: k.with_key(ec.generate_private_key(ec.SECP384R1()))),
    "P-521": Case(lambda k: k.with_key(ec.generate_private_key(ec.SECP521R1()))),
    "Ed25519": Case(lambda k: k.with_key(ed25519.Ed25519PrivateKey.generate()), "", "rare_key_type"),
    "RSA-PSS signature": Case(
        lambda k: k.alone(issue([HOST], key=k.rsa.key, rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), 32))),
        "",
        "untrusted self_signed",
    ),
    "lines end with CRLF": Case(lambda k: k.with_public(lambda t: t.replace("\n", "\r\n"))),
    "key's lines end with CRLF": Case(lambda k: k.with_private(lambda t: t.replace("\n", "\r\n"))),
    "blanks at the ends of lines": Case(lambda k: k.with_public(lambda t: t.replace("\n", " \t\n"))),
    "no newline at the end": Case(lambda k: (k.chained(k.leaf)[0].rstrip(), k.leaf.key_pem.rstrip())),
    "comments around the blocks": Case(
        lambda k: (
            f"subject=CN = x\n{k.leaf.pem}\n 1 s:ümlaut\n{k.issuer.pem}# end\n",
            "Bag Attributes\n" + k.leaf.key_pem,
        )
    ),
    "other blocks beside": Case(lambda k: k.with_public(lambda t: t + PARAMETERS)),
    "certificate before the key in tls.key": Case(lambda k: k.with_private(lambda t: k.leaf.pem + t)),
    "certificate after the key in tls.key": Case(lambda k: k.with_private(lambda t: t + k.leaf.pem)),
    "key before the certificate in tls.crt": Case(
        lambda k: k.with_public(lambda t: k.leaf.key_pem + t), "", "key_in_certificate"
    ),
    "both files hold all": Case(lambda k: (k.chained(k.leaf)[0] + k.leaf.key_pem,) * 2, "", "key_in_certificate"),
    "self-signed": Case(lambda k: k.with_names(issuer=None), "", "untrusted self_signed extra_certificate"),
    "signed by an unknown root": Case(
        lambda k: under(k, issuer=None, common_name="Other"),
        "",
        "untrusted root_included",
    ),
    "issuer is missing": Case(lambda k: (k.leaf.pem, k.leaf.key_pem), "", "missing_intermediate untrusted"),
    "issuer of the same name with another key": Case(
        lambda k: (k.leaf.pem + authority("Issuer").pem, k.leaf.key_pem),
        "",
        "missing_intermediate untrusted extra_certificate",
    ),
    "leaf twice": Case(lambda k: (k.leaf.pem + k.chained(k.leaf)[0], k.leaf.key_pem), "", "duplicate_certificate"),
    "issuer twice": Case(lambda k: k.with_public(lambda t: t + k.issuer.pem), "", "duplicate_certificate"),
    "stranger at the end": Case(lambda k: k.with_public(lambda t: t + authority("X").pem), "", "extra_certificate"),
    "stranger in between": Case(
        lambda k: (k.leaf.pem + authority("X").pem + k.issuer.pem, k.leaf.key_pem), "", "extra_certificate"
    ),
    "two hundred certificates": Case(two_hundred, "", "extra_certificate"),
    "expired issuer": Case(
        lambda k: under(k, not_before=NOW - 9 * DAY, not_after=NOW - DAY), "", "intermediate_expired"
    ),
    "serial number 0": Case(lambda k: k.rebuilt(odd.with_serial(0)), "", "missing_intermediate untrusted"),
    "usage for servers": Case(lambda k: k.with_usage(Usage.CLIENT_AUTH, Usage.SERVER_AUTH)),
    "valid since this second": Case(lambda k: k.with_names(not_before=NOW)),
    "valid until this second": Case(lambda k: k.with_names(not_after=NOW)),
    "valid until the year 9999": Case(
        lambda k: k.with_names(not_after=NOW.replace(year=9999, month=12, day=31)), "", "long_lifetime"
    ),
}

NAMES = {
    "one of a hundred names": Case(lambda k: k.with_names(*[f"a{i}.example.com" for i in range(99)], HOST)),
    "wildcard": Case(lambda k: k.with_names("*.example.com")),
    "name in upper case": Case(lambda k: k.with_names("SHOP.Example.COM")),
    "host in upper case": Case(lambda k: k.chained(k.leaf), host="SHOP.EXAMPLE.com"),
    "host with a trailing dot": Case(lambda k: k.chained(k.leaf), host=f"{HOST}."),
    "host in another script": Case(lambda k: k.with_names("xn--fiq228c.example.com"), host="中文.example.com"),
    "address beside the name": Case(lambda k: k.with_names("10.0.0.1", HOST, "2001:db8::1")),
    "no host asked for": Case(lambda k: k.with_names("other.example.com"), host=None),
    "other host": Case(lambda k: k.with_names("other.example.com"), "host_not_covered"),
    "common name only": Case(lambda k: k.chained(issue([], issuer=k.issuer, common_name=HOST)), "host_not_covered"),
    "no names": Case(lambda k: k.with_raw_names(raw_dns()), "host_not_covered", host=None),
    "addresses only": Case(lambda k: k.with_names("10.0.0.1"), "host_not_covered", host=None),
    "host is an address": Case(lambda k: k.with_names("10.0.0.1"), "host_not_covered", host="10.0.0.1"),
    "wildcard above two labels": Case(
        lambda k: k.with_names("*.example.com"), "host_not_covered", host="a.b.example.com"
    ),
    "wildcard above none": Case(lambda k: k.with_names("*.example.com"), "host_not_covered", host="example.com"),
    "part of a label is a wildcard": Case(
        lambda k: k.with_names("s*.example.com"), "host_not_covered", "unmatchable_name"
    ),
    "two wildcards": Case(lambda k: k.with_names("*.*.com"), "host_not_covered", "unmatchable_name"),
    "wildcard in the middle": Case(lambda k: k.with_names("shop.*.com"), "host_not_covered", "unmatchable_name"),
    "wildcard above one label": Case(
        lambda k: k.with_names("*.com"), "host_not_covered", "unmatchable_name", host="example.com"
    ),
    "wildcard alone": Case(lambda k: k.with_names("*"), "host_not_covered", "unmatchable_name"),
    "zero byte in the name": Case(
        lambda k: k.with_raw_names(raw_dns(f"{HOST}\0.evil.test".encode())), "host_not_covered"
    ),
    "host as a beginning": Case(lambda k: k.with_names(f"{HOST}.evil.test"), "host_not_covered"),
    "URL as a name": Case(lambda k: k.with_names(f"https://{HOST}/"), "host_not_covered"),
    "version 1": Case(lambda k: k.rebuilt(odd.as_version_1), "host_not_covered", "missing_intermediate untrusted"),
}

REFUSED = {
    "expired": Case(lambda k: k.with_names(not_before=NOW - 9 * DAY, not_after=NOW - DAY), "expired"),
    "not yet valid": Case(lambda k: k.with_names(not_before=NOW + DAY), "not_yet_valid"),
    "key of another pair": Case(lambda k: k.with_private(lambda _: k.make().key_pem), "key_mismatch"),
    "key of another type": Case(lambda k: k.with_private(lambda _: k.rsa.key_pem), "key_mismatch"),
    "right key after a wrong one": Case(lambda k: k.with_private(lambda t: k.make().key_pem + t), "key_mismatch"),
    "wrong key beside the certificate": Case(
        lambda k: k.with_public(lambda t: k.make().key_pem + t), "key_mismatch", "key_in_certificate"
    ),
    "key of the issuer": Case(
        lambda k: k.with_private(lambda _: k.issuer.key_pem),
        "chain_order ca_certificate host_not_covered",
        "extra_certificate",
    ),
    "issuer before the leaf": Case(lambda k: (k.issuer.pem + k.leaf.pem, k.leaf.key_pem), "chain_order"),
    "root, issuer, leaf": Case(
        lambda k: (k.root.pem + k.issuer.pem + k.leaf.pem, k.leaf.key_pem), "chain_order", "root_included"
    ),
    "leaf, root, issuer": Case(
        lambda k: (k.leaf.pem + k.root.pem + k.issuer.pem, k.leaf.key_pem), "chain_order", "root_included"
    ),
    "stranger first": Case(
        lambda k: k.with_public(lambda t: authority("X").pem + t), "chain_order", "extra_certificate"
    ),
    "authority": Case(lambda k: k.with_names(ca=True), "ca_certificate"),
    "issuer with a weak key": Case(
        lambda k: under(k, key=rsa.generate_private_key(65537, 1024)), "weak_key", "weak_chain"
    ),
    "stranger with a weak key": Case(
        lambda k: k.with_public(lambda t: t + issue([], key=rsa.generate_private_key(65537, 1024)).pem),
        "weak_key",
        "weak_chain extra_certificate",
    ),
    "RSA of 1024 bits": Case(lambda k: k.with_key(rsa.generate_private_key(65537, 1024)), "weak_key"),
    "P-224": Case(lambda k: k.with_key(ec.generate_private_key(ec.SECP224R1())), "weak_key"),
    "curve of Bitcoin": Case(lambda k: k.with_key(ec.generate_private_key(ec.SECP256K1())), "weak_key"),
    "Ed448": Case(lambda k: k.with_key(ed448.Ed448PrivateKey.generate()), "weak_key", "rare_key_type"),
    "DSA": Case(lambda k: k.with_key(k.dsa), "weak_key"),
    "SHA-1 signature": Case(lambda k: signed_by(k, "06092a864886f70d010105"), "weak_key", "untrusted self_signed"),
    "MD5 signature": Case(lambda k: signed_by(k, "06092a864886f70d010104"), "weak_key", "untrusted self_signed"),
    "unknown signature": Case(lambda k: signed_by(k, "06092a864886f70d01017f"), "weak_key", "untrusted self_signed"),
    "everything at once": Case(
        lambda k: (
            k.make("x.test", not_after=NOW - DAY, not_before=NOW - 2 * DAY, ca=True).pem + k.issuer.pem,
            k.leaf.key_pem,
        ),
        "key_mismatch ca_certificate expired host_not_covered",
    ),
}

UNREADABLE = {
    "nothing": Case(lambda k: ("", ""), "no_certificate no_private_key"),
    "blanks": Case(lambda k: (" \r\n", "\n\t"), "no_certificate no_private_key"),
    "no certificate": Case(lambda k: ("", k.leaf.key_pem), "no_certificate"),
    "no key": Case(lambda k: k.with_private(lambda _: ""), "no_private_key"),
    "no key but in tls.crt": Case(
        lambda k: (k.chained(k.leaf)[0] + k.leaf.key_pem, ""), "no_private_key", "key_in_certificate"
    ),
    "swapped": Case(lambda k: (k.leaf.key_pem, k.leaf.pem), "unparsable", "fields_swapped"),
    "certificate in both": Case(lambda k: (k.chained(k.leaf)[0],) * 2, "unparsable", "other_blocks"),
    "key in both": Case(lambda k: (k.leaf.key_pem,) * 2, "unparsable", "other_blocks key_in_certificate"),
    "DER certificate": Case(
        lambda k: k.with_public(lambda _: k.leaf.certificate.public_bytes(Encoding.DER)), "unparsable", "not_pem"
    ),
    "DER key": Case(
        lambda k: k.with_private(lambda _: k.leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        "unparsable",
        "not_pem",
    ),
    "PKCS#12": Case(
        lambda k: (
            pkcs12.serialize_key_and_certificates(None, k.leaf.key, k.leaf.certificate, None, NoEncryption()),
            "x",
        ),
        "unparsable",
        "not_pem",
    ),
    "PKCS#7": Case(lambda k: k.with_public(lambda t: t.replace("CERTIFICATE", "PKCS7")), "unparsable", "other_blocks"),
    "trusted certificate": Case(
        lambda k: k.with_public(lambda t: t.replace("CERT", "TRUSTED CERT")), "unparsable", "other_blocks"
    ),
    "request in place of a certificate": Case(
        lambda k: k.with_public(lambda _: request(k.leaf)), "unparsable", "other_blocks"
    ),
    "1 MiB of letters": Case(lambda k: k.with_public(lambda _: "A" * 2**20), "unparsable", "not_pem"),
    "1 MiB of newlines and a dot": Case(lambda k: k.with_public(lambda _: "\n" * 2**20 + "."), "unparsable", "not_pem"),
    "1 MiB of BEGIN": Case(
        lambda k: k.with_public(lambda _: "-----BEGIN CERTIFICATE-----\n" * 37_449), "unparsable", "damaged_pem"
    ),
    "1 MiB in a block": Case(lambda k: k.with_public(lambda _: odd.as_pem(b"\x30" * 780_000)), "unparsable"),
    "1 MiB in a key's block": Case(
        lambda k: k.with_private(lambda _: odd.as_pem(b"\0" * 780_000, "PRIVATE KEY")), "unparsable"
    ),
    "base64 without lines around": Case(
        lambda k: k.with_public(lambda t: "".join(t.splitlines()[1:-1])[:400]), "unparsable", "not_pem"
    ),
    "byte order mark": Case(lambda k: k.with_public(lambda t: "\ufeff" + t), "unparsable", "damaged_pem"),
    "byte order mark before the key": Case(
        lambda k: k.with_private(lambda t: "\ufeff" + t), "unparsable", "damaged_pem"
    ),
    "UTF-16": Case(lambda k: k.with_public(lambda t: t.encode("utf-16")), "unparsable", "not_pem"),
    "no END line": Case(lambda k: (k.leaf.pem.replace(END, ""), k.leaf.key_pem), "unparsable", "damaged_pem"),
    "no END line of the leaf": Case(
        lambda k: (k.leaf.pem.replace(END, "") + k.issuer.pem, k.leaf.key_pem), "unparsable", "damaged_pem"
    ),
    "no END line of the issuer": Case(
        lambda k: (k.leaf.pem + k.issuer.pem.replace(END, ""), k.leaf.key_pem), "unparsable", "damaged_pem"
    ),
    "no END line of the key": Case(
        lambda k: k.with_private(lambda t: t.replace("-----END PRIVATE KEY-----\n", "")), "unparsable", "damaged_pem"
    ),
    "no BEGIN line": Case(lambda k: k.with_public(lambda t: t.split("\n", 1)[1]), "unparsable", "damaged_pem"),
    "four dashes at the end": Case(
        lambda k: k.with_public(lambda t: t.replace("E-----\n", "E----\n")), "unparsable", "damaged_pem"
    ),
    "END of another kind": Case(
        lambda k: k.with_public(lambda t: t.replace(END, "-----END PRIVATE KEY-----\n")), "unparsable", "damaged_pem"
    ),
    "cut in the middle": Case(lambda k: k.with_public(lambda t: t[:300]), "unparsable", "damaged_pem"),
    "all on one line": Case(lambda k: k.with_public(lambda t: t.replace("\n", " ")), "unparsable", "damaged_pem"),
    "written backslash n": Case(lambda k: k.with_public(lambda t: t.replace("\n", "\\n")), "unparsable", "damaged_pem"),
    "lines end with CR": Case(lambda k: k.with_public(lambda t: t.replace("\n", "\r")), "unparsable", "damaged_pem"),
    "indented": Case(lambda k: k.with_public(lambda t: "  " + t.replace("\n", "\n  ")), "unparsable", "damaged_pem"),
    "empty block": Case(lambda k: k.with_public(lambda _: odd.as_pem(b"")), "unparsable"),
    "name that is no text": Case(
        lambda k: (odd.replaced(k.leaf, b"\x0c\x06Issuer", b"\x04\x06Issuer"), k.leaf.key_pem), "unparsable"
    ),
    "not base64": Case(lambda k: k.with_public(lambda t: t.replace("\nM", "\n%")), "unparsable"),
    "blank line in a block": Case(lambda k: k.with_public(lambda t: t.replace("\n" + END, "\n\n" + END)), "unparsable"),
    "blank line in the key": Case(
        lambda k: k.with_private(lambda t: t.replace("\n-----END", "\n\n-----END")), "unparsable"
    ),
    "vertical tab after the lines": Case(
        lambda k: k.with_public(lambda t: t.replace("\n", "\x0b\n")), "unparsable", "damaged_pem"
    ),
    "other block that is not base64": Case(
        lambda k: k.with_public(lambda t: t + PARAMETERS.replace("gg", "%%")), "unparsable"
    ),
    "other block that is empty": Case(lambda k: k.with_public(lambda t: odd.as_pem(b"", "X") + t), "unparsable"),
    "broken block beside the key": Case(
        lambda k: k.with_private(lambda t: t + PARAMETERS.replace("gg", "%%")), "unparsable"
    ),
    "broken certificate beside the key": Case(lambda k: k.with_private(lambda t: odd.as_pem(b"0") + t), "unparsable"),
    "last letter is missing": Case(lambda k: (k.leaf.pem[: -len(END) - 2] + "\n" + END, k.leaf.key_pem), "unparsable"),
    "broken issuer": Case(lambda k: (k.leaf.pem + odd.as_pem(b"\x30\x03abc"), k.leaf.key_pem), "unparsable"),
    "bytes after the certificate": Case(
        lambda k: k.with_public(lambda _: odd.as_pem(k.leaf.certificate.public_bytes(Encoding.DER) + b"\0")),
        "unparsable",
    ),
    "key with a passphrase, PKCS#8": Case(
        lambda k: k.with_private(lambda _: key_pem(k.leaf.key, b"x")), "unparsable", "key_encrypted"
    ),
    "key with a passphrase, older": Case(
        lambda k: k.with_private(lambda _: older(k.leaf, PrivateFormat.TraditionalOpenSSL, b"x")),
        "unparsable",
        "key_encrypted",
    ),
    "OpenSSH key": Case(
        lambda k: k.with_private(lambda _: older(k.leaf, PrivateFormat.OpenSSH)), "unparsable", "other_blocks"
    ),
    "public key in place of the private": Case(
        lambda k: k.with_private(
            lambda _: k.leaf.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        ),
        "unparsable",
        "other_blocks",
    ),
    "key that cannot sign": Case(
        lambda k: k.with_private(
            lambda _: odd.as_pem(bytes.fromhex("302e020100300506032b656e04220420") + bytes(range(32)), "PRIVATE KEY")
        ),
        "unparsable",
    ),
    "RSA key with a wrong digit": Case(lambda k: (k.chained(k.rsa)[0], wrong_rsa_key(k)), "unparsable"),
    "negative serial number": Case(lambda k: k.rebuilt(odd.with_serial(-5)), "unparsable"),
    "version 6": Case(lambda k: k.rebuilt(odd.with_version(5)), "unparsable"),
    "every extension twice": Case(lambda k: k.rebuilt(odd.with_extensions_twice), "unparsable"),
    "names that are not DER": Case(lambda k: k.with_raw_names(b"shop"), "unparsable"),
    "name that is not ASCII": Case(lambda k: k.with_raw_names(raw_dns("bücher.example".encode())), "unparsable"),
    "month 13": Case(
        lambda k: (odd.replaced(k.leaf, f"{NOW - DAY:%y%m%d%H%M%SZ}".encode(), b"201301000000Z"), k.leaf.key_pem),
        "unparsable",
    ),
}

CASES = GOOD | NAMES | REFUSED | UNREADABLE | FIT | UNFIT
