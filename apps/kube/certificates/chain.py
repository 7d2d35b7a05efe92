"""How the certificates of a secret hang together: the way from the server's own up to its root, and what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from apps.kube.certificates.fitness import may_issue
from apps.kube.certificates.parsing import PARSE_ERRORS
from apps.kube.certificates.roots import Roots, is_issued_by, is_self_signed
from apps.kube.certificates.strength import has_weak_key, has_weak_signature

# Far more than any real chain has; they keep a secret full of look-alikes cheap to judge.
MAX_DEPTH = 10
MAX_CANDIDATES = 8
# OpenSSL's clients end the handshake beyond it.
MAX_SENT_BYTES = 100 * 1024


@dataclass(frozen=True, slots=True)
class Chain:
    """`path` leads from the server's own certificate up; `distinct` are all of the secret, each once."""

    path: tuple[x509.Certificate, ...]
    distinct: tuple[x509.Certificate, ...]
    has_duplicates: bool

    @property
    def in_order(self) -> bool:
        """Whether each certificate of the path stands after the one it issued; others between them do no harm."""
        positions = [self.distinct.index(certificate) for certificate in self.path]
        return positions[0] == 0 and positions == sorted(positions)


def find_chain(certificates: Sequence[x509.Certificate], leaf: x509.Certificate) -> Chain:
    distinct = tuple(dict.fromkeys(certificates))
    path = [leaf]
    while len(path) < MAX_DEPTH and not is_self_signed(path[-1]):
        issuer = _find_issuer(path, distinct)
        if issuer is None:
            break
        path.append(issuer)
    return Chain(tuple(path), distinct, len(distinct) < len(certificates))


def chain_warnings(chain: Chain, *, now: datetime, roots: Roots | None) -> list[str]:
    """Codes of what clients may stumble over, and of what is superfluous. Without `roots` nothing is said of trust."""
    path, issuers = chain.path, chain.path[1:]
    ends = is_self_signed(path[-1])
    anchored = roots is not None and roots.vouch_for(path)
    found = {
        "missing_intermediate": not issuers and not ends and not anchored,
        "untrusted": roots is not None and not anchored,
        "self_signed": not issuers and ends,
        "intermediate_expired": any(not _is_valid(issuer, now) for issuer in issuers),
        "weak_chain": any(_is_weak_issuer(one) for one in chain.distinct if one != path[0]),
        "duplicate_certificate": chain.has_duplicates,
        "extra_certificate": len(chain.distinct) > len(path),
        "root_included": bool(issuers) and ends,
    }
    return [code for code, applies in found.items() if applies]


def is_broken(chain: Chain, roots: Roots | None) -> bool:
    """Whether the chain leads over an issuer that clients do not accept as one, and no known one stands before it.

    A root is not looked at: clients have their own.
    """
    path = chain.path
    for count, issuer in enumerate(path[1:], start=1):
        if is_self_signed(issuer) or (roots is not None and roots.vouch_for(path[:count])):
            return False
        if not may_issue(issuer, path[:count]):
            return True
    return False


def is_too_long(certificates: Sequence[x509.Certificate]) -> bool:
    """Servers send all of them, copies too; each comes with its length in three bytes."""
    return sum(len(one.public_bytes(Encoding.DER)) + 3 for one in certificates) > MAX_SENT_BYTES


def _find_issuer(path: Sequence[x509.Certificate], among: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Among several that could have signed it the first: clients do not try another one when that may not."""
    issued = path[-1]
    namesakes = [one for one in among if one.subject == issued.issuer and one not in path]
    return next((one for one in namesakes[:MAX_CANDIDATES] if is_issued_by(issued, one)), None)


def _is_valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _is_weak_issuer(certificate: x509.Certificate) -> bool:
    """A root's own signature is never checked by anybody, so it cannot be too weak."""
    try:
        weak_key = has_weak_key(certificate)
    except PARSE_ERRORS:
        return True
    return weak_key or (has_weak_signature(certificate) and not is_self_signed(certificate))
