"""Judges whether a TLS secret can serve a host. Whatever the secret holds, the answer is a verdict, never an exception.

Values in, values out: no network, nothing fetched from addresses that a certificate names, and of a private key nothing
is kept or returned; it is looked at in memory only to see that it belongs to the certificate. What OpenSSL or Go would
refuse to load is refused here, even where a more lenient reader would get along: the controllers are what counts.
"""

from __future__ import annotations

from apps.kube.certificates.facts import CertificateFacts, ChainLink
from apps.kube.certificates.judge import TLS_SECRET_TYPE, judge_pair, judge_secret, passing_reasons
from apps.kube.certificates.names import covers
from apps.kube.certificates.pairs import Pair, find_pair
from apps.kube.certificates.reasons import REASONS, WARNINGS, Reason
from apps.kube.certificates.roots import Roots, load_roots, read_system_roots
from apps.kube.certificates.trust import (
    TRUST_CODES,
    StoredChain,
    UnreadableCertificate,
    is_authority,
    read_authority,
    read_chain,
    read_public,
    trust_warnings,
)

__all__ = [
    "REASONS",
    "TLS_SECRET_TYPE",
    "TRUST_CODES",
    "WARNINGS",
    "CertificateFacts",
    "ChainLink",
    "Pair",
    "Reason",
    "Roots",
    "StoredChain",
    "UnreadableCertificate",
    "covers",
    "find_pair",
    "is_authority",
    "judge_pair",
    "judge_secret",
    "load_roots",
    "passing_reasons",
    "read_authority",
    "read_chain",
    "read_public",
    "read_system_roots",
    "trust_warnings",
]
