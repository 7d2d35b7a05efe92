"""What a certificate may be used for: whether clients take it from a server, and whether they take what it issued.

Refused is only what OpenSSL refuses; what it takes and browsers do not is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from apps.kube.certificates.names import subject_names
from apps.kube.certificates.parsing import PARSE_ERRORS

# What OpenSSL knows how to obey; with any other critical extension a certificate is no good to its clients.
OBEYED = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.POLICY_MAPPINGS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    }
)
_SERVERS = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def serves(leaf: x509.Certificate) -> bool:
    """Whether any client accepts it from a server."""
    usages, usage = extension(leaf, x509.ExtendedKeyUsage), extension(leaf, x509.KeyUsage)
    for_servers = usages is None or _SERVERS & set(usages)
    for_tls = usage is None or usage.digital_signature or usage.key_encipherment or usage.key_agreement
    return bool(for_servers and for_tls) and _is_obeyed(leaf)


def serves_everyone(leaf: x509.Certificate) -> bool:
    """Browsers want a signature with every kind of key; OpenSSL does not take any usage for that of servers."""
    usages, usage = extension(leaf, x509.ExtendedKeyUsage), extension(leaf, x509.KeyUsage)
    signs = usage is None or usage.digital_signature
    return signs and (usages is None or ExtendedKeyUsageOID.SERVER_AUTH in set(usages))


def may_issue(issuer: x509.Certificate, below: Sequence[x509.Certificate]) -> bool:
    """Whether clients accept `below` from this issuer: the server's certificate, then those between the two."""
    try:
        return _is_authority(issuer, len(below) - 1) and _is_obeyed(issuer) and _allows(issuer, below[0])
    except PARSE_ERRORS:
        return False


def extension(certificate: x509.Certificate, kind: type[Any]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _is_authority(issuer: x509.Certificate, between: int) -> bool:
    constraints, usage = extension(issuer, x509.BasicConstraints), extension(issuer, x509.KeyUsage)
    usages = extension(issuer, x509.ExtendedKeyUsage)
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        return False
    is_deep_enough = constraints.path_length is None or constraints.path_length >= between
    return is_deep_enough and (usages is None or bool(_SERVERS & set(usages)))


def _is_obeyed(certificate: x509.Certificate) -> bool:
    return all(one.oid in OBEYED for one in certificate.extensions if one.critical)


def _allows(issuer: x509.Certificate, leaf: x509.Certificate) -> bool:
    """Whether the names of the leaf are those that the issuer may speak for."""
    constraints = extension(issuer, x509.NameConstraints)
    if constraints is None:
        return True
    permitted, excluded = _domains(constraints.permitted_subtrees), _domains(constraints.excluded_subtrees)
    names = subject_names(leaf)
    if any(_is_within(name, domain) for name in names for domain in excluded):
        return False
    return not permitted or all(any(_is_within(name, domain) for domain in permitted) for name in names)


def _domains(trees: Iterable[x509.GeneralName] | None) -> list[str]:
    return [tree.value.lower() for tree in trees or () if isinstance(tree, x509.DNSName)]


def _is_within(name: str, domain: str) -> bool:
    if not domain:
        return True
    return name == domain or name.endswith(domain if domain.startswith(".") else f".{domain}")
