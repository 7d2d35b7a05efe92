"""The verdict on a TLS secret: reasons that refuse it, warnings beside it, and the facts that may be kept."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from apps.kube.certificates.chain import Chain, chain_warnings, find_chain, is_broken, is_too_long
from apps.kube.certificates.facts import CertificateFacts, facts_of
from apps.kube.certificates.fitness import extension, serves, serves_everyone
from apps.kube.certificates.names import can_match, covers, subject_names
from apps.kube.certificates.parsing import PARSE_ERRORS, check_readable, load_certificate, public_key, public_key_of
from apps.kube.certificates.pem import CERTIFICATE, Block, DamagedPem, read_blocks
from apps.kube.certificates.reasons import REASONS, WARNINGS, Reason
from apps.kube.certificates.roots import Roots
from apps.kube.certificates.strength import is_rare, is_weak

TLS_SECRET_TYPE = "kubernetes.io/tls"  # noqa: S105  # a type's name
# Apple's clients refuse more, whoever issued it.
LONG_LIFETIME = timedelta(days=825)
# Why something cannot be read, the most telling first.
_CAUSES = ("fields_swapped", "key_encrypted", "not_pem", "damaged_pem", "other_blocks")


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry of a secret. `flaw` is the code of the warning that says why it holds no blocks."""

    blocks: tuple[Block, ...] = ()
    is_absent: bool = False
    flaw: str = ""

    @property
    def certificates(self) -> list[Block]:
        return [block for block in self.blocks if block.label == CERTIFICATE]

    @property
    def keys(self) -> list[Block]:
        return [block for block in self.blocks if block.is_key]


def judge_secret(
    secret_type: str,
    content: Mapping[str, Any] | None,
    *,
    now: datetime,
    host: str | None = None,
    roots: Roots | None = None,
) -> CertificateFacts:
    """The verdict on a secret as the API gives it (`content` is its base64-encoded `data`).

    A secret of another type is not opened at all. Without `roots` nothing is said about trust.
    """
    if secret_type != TLS_SECRET_TYPE:
        return CertificateFacts(reasons=(REASONS["not_tls_type"],))
    entries = content if isinstance(content, Mapping) else {}
    certificate, key = _decoded(entries.get("tls.crt")), _decoded(entries.get("tls.key"))
    return judge_pair(certificate, key, now=now, host=host, roots=roots)


def judge_pair(
    certificate: bytes | None,
    key: bytes | None,
    *,
    now: datetime,
    host: str | None = None,
    roots: Roots | None = None,
) -> CertificateFacts:
    """The verdict on the content of `tls.crt` and `tls.key`; None stands for what was not even base64."""
    public, private = _read(certificate), _read(key)
    facts, codes, warnings = _judge(public, private, now, roots)
    if facts.fingerprint_sha256:
        codes += passing_reasons(facts, now=now, host=host)
    flaws = _flaws(public, private)
    reasons = tuple(_explained(reason, flaws) for reason in _chosen(REASONS, codes))
    return replace(facts, reasons=reasons, warnings=_chosen(WARNINGS, warnings + flaws))


def passing_reasons(facts: CertificateFacts, *, now: datetime, host: str | None) -> list[str]:
    """The codes that depend on the day and the host, for facts that were stored earlier."""
    codes = []
    if facts.not_after is not None and now > facts.not_after:
        codes.append("expired")
    if facts.not_before is not None and now < facts.not_before:
        codes.append("not_yet_valid")
    if not facts.subject_names or (host is not None and not covers(host, facts.subject_names)):
        codes.append("host_not_covered")
    return codes


def _explained(reason: Reason, flaws: list[str]) -> Reason:
    """The refusal in the words of its cause, where the cause is known."""
    cause = next((code for code in _CAUSES if code in flaws), "")
    if reason.code != "unparsable" or not cause:
        return reason
    return replace(reason, message=WARNINGS[cause].message, hint=WARNINGS[cause].hint, because=cause)


def _chosen(catalogue: Mapping[str, Reason], codes: Iterable[str]) -> tuple[Reason, ...]:
    return tuple(catalogue[code] for code in dict.fromkeys(codes))


def _decoded(value: Any) -> bytes | None:
    """The bytes of one entry, empty if it is absent, None if it is not base64."""
    try:
        return base64.b64decode(value or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None


def _read(content: bytes | None) -> _Part:
    if content is None:
        return _Part()
    if not content.strip():
        return _Part(is_absent=True)
    try:
        blocks = tuple(read_blocks(content))
    except DamagedPem:
        return _Part(flaw="damaged_pem")
    return _Part(blocks, flaw="" if blocks else "not_pem")


def _judge(
    public: _Part, private: _Part, now: datetime, roots: Roots | None
) -> tuple[CertificateFacts, list[str], list[str]]:
    absent = [code for code, part in (("no_certificate", public), ("no_private_key", private)) if part.is_absent]
    if public.is_absent:
        return CertificateFacts(), absent, []
    try:
        check_readable(public.blocks)
        certificates = [load_certificate(block.der) for block in public.certificates]
        keys, key_codes = _public_keys(public, private)
        leaf = _leaf(certificates, keys)
        chain = find_chain(certificates, leaf)
        facts, warnings = facts_of(leaf, chain.path), _leaf_warnings(leaf) + chain_warnings(chain, now=now, roots=roots)
        codes = _lasting_codes(leaf, warnings) + _chain_codes(chain, certificates, roots)
    except PARSE_ERRORS:
        return CertificateFacts(), [*absent, "unparsable"], []
    return facts, [*absent, *key_codes, *_pair_codes(chain, keys), *codes], warnings


def _public_keys(public: _Part, private: _Part) -> tuple[list[bytes], list[str]]:
    """The public half of the key in `tls.key`, then of those beside the certificate: controllers join both files."""
    if private.is_absent:
        return [], []
    try:
        check_readable(private.blocks)
        keys = [public_key_of(block) for block in (*private.keys[:1], *public.keys)]
    except PARSE_ERRORS:
        return [], ["unparsable"]
    return keys, [] if private.keys else ["unparsable"]


def _leaf(certificates: list[x509.Certificate], keys: list[bytes]) -> x509.Certificate:
    """The one that the key belongs to, else the first, which is the one that controllers serve."""
    if not certificates:
        raise ValueError("no certificate")
    own = (one for one in certificates if keys and public_key(one) == keys[0])
    return next(own, certificates[0])


def _pair_codes(chain: Chain, keys: list[bytes]) -> list[str]:
    own = public_key(chain.path[0])
    codes = ["key_mismatch"] if any(key != own for key in keys) else []
    return codes if chain.in_order else [*codes, "chain_order"]


def _lasting_codes(leaf: x509.Certificate, warnings: list[str]) -> list[str]:
    constraints = extension(leaf, x509.BasicConstraints)
    found = {
        # OpenSSL loads no chain with a weak certificate in it: nginx would not even start.
        "weak_key": is_weak(leaf) or "weak_chain" in warnings,
        "ca_certificate": constraints is not None and constraints.ca,
        "not_for_servers": not serves(leaf),
    }
    return [code for code, applies in found.items() if applies]


def _chain_codes(chain: Chain, certificates: list[x509.Certificate], roots: Roots | None) -> list[str]:
    found = {"chain_broken": is_broken(chain, roots), "chain_too_long": is_too_long(certificates)}
    return [code for code, applies in found.items() if applies]


def _leaf_warnings(leaf: x509.Certificate) -> list[str]:
    found = {
        "limited_usage": serves(leaf) and not serves_everyone(leaf),
        "rare_key_type": is_rare(leaf),
        "long_lifetime": leaf.not_valid_after_utc - leaf.not_valid_before_utc > LONG_LIFETIME,
        "unmatchable_name": not all(map(can_match, subject_names(leaf))),
    }
    return [code for code, applies in found.items() if applies]


def _flaws(public: _Part, private: _Part) -> list[str]:
    """Why something could not be read, as far as it can be told from outside, and keys in the wrong place."""
    swapped = bool(public.keys and not public.certificates and private.certificates and not private.keys)
    holds_other = [bool(public.blocks and not public.certificates), bool(private.blocks and not private.keys)]
    found = {
        "fields_swapped": swapped,
        "key_encrypted": any(block.is_encrypted for block in (*private.keys, *public.keys)),
        "not_pem": "not_pem" in (public.flaw, private.flaw),
        "damaged_pem": "damaged_pem" in (public.flaw, private.flaw),
        "other_blocks": any(holds_other) and not swapped,
        "key_in_certificate": bool(public.keys) and not swapped,
    }
    return [code for code, applies in found.items() if applies]
