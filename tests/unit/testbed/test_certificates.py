import ipaddress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from testbed.certificates import CertificateAuthority


def test_leaf_bears_all_names_in_their_kinds():
    leaf = CertificateAuthority().issue(["shop.example.test", "*.example.test", "10.77.0.10"])
    names = leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["shop.example.test", "*.example.test"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.77.0.10")]


def test_leaf_is_signed_by_its_authority_only():
    authority, stranger = CertificateAuthority(), CertificateAuthority()
    leaf = authority.issue(["shop.example.test"])
    leaf.certificate.verify_directly_issued_by(authority.certificate)
    with pytest.raises(InvalidSignature):
        leaf.certificate.verify_directly_issued_by(stranger.certificate)
    assert x509.load_pem_x509_certificate(leaf.issuer_pem.encode()) == authority.certificate


def test_key_belongs_to_the_certificate():
    leaf = CertificateAuthority().issue(["shop.example.test"])
    key = load_pem_private_key(leaf.private_key_pem.encode(), password=None)
    assert key.public_key() == leaf.certificate.public_key()


def test_validity_is_the_one_asked_for():
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)
    leaf = CertificateAuthority().issue(["old.example.test"], not_before=start, not_after=end)
    assert (leaf.certificate.not_valid_before_utc, leaf.certificate.not_valid_after_utc) == (start, end)


@pytest.mark.parametrize(("rsa_bits", "kind"), [(None, ec.EllipticCurvePublicKey), (1024, rsa.RSAPublicKey)])
def test_kind_of_key_is_the_one_asked_for(rsa_bits, kind):
    leaf = CertificateAuthority().issue(["shop.example.test"], rsa_bits=rsa_bits)
    assert isinstance(leaf.certificate.public_key(), kind)
