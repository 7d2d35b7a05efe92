"""Judges whether a TLS secret can serve a host. Whatever the secret holds, the answer is a verdict, never an exception.

Values in, values out: no network, nothing fetched from addresses that a certificate names, and of a private key nothing
is kept or returned; it is looked at in memory only to see that it belongs to the certificate. What OpenSSL or Go would
refuse to load is refused here, even where a more lenient reader would get along: the controllers are what counts.
"""

from __future__ import annotations

from apps.kube.certificates.facts import CertificateFacts, ChainLink
from apps.kube.certificates.judge import TLS_SECRET_TYPE, judge_pair, judge_secret, passing_reasons
from apps.kube.certificates.names import covers
from apps.kube.certificates.reasons import REASONS, WARNINGS, Reason
from apps.kube.certificates.roots import Roots, load_roots, read_system_roots

__all__ = [
    "REASONS",
    "TLS_SECRET_TYPE",
    "WARNINGS",
    "CertificateFacts",
    "ChainLink",
    "Reason",
    "Roots",
    "covers",
    "judge_pair",
    "judge_secret",
    "load_roots",
    "passing_reasons",
    "read_system_roots",
]
