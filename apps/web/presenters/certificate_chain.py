"""The chain of a certificate as its page shows it: from the server's own up to the authority that clients must know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.inventory.models import Secret
from apps.inventory.trust import known_roots
from apps.kube.certificates import ChainLink, UnreadableCertificate, read_chain


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One link; `state` is that of its mark, `is_stored` tells that clients get it from the Secret."""

    link: ChainLink
    state: str
    is_stored: bool = True


@dataclass(frozen=True, slots=True)
class ShownChain:
    """`is_known`: a known authority stands behind it. `ends_in_itself`: its own root, which nobody here knows."""

    links: list[ShownLink]
    is_known: bool
    ends_in_itself: bool


def chain_of(secret: Secret, now: datetime) -> ShownChain | None:
    """None where no certificate could be read. The known authority is added where the Secret rightly leaves it out."""
    if not secret.chain_pem:
        return None
    try:
        chain = read_chain(secret.chain_pem, known_roots().roots)
    except UnreadableCertificate:
        return None
    links = [ShownLink(link, _state(link, now)) for link in chain.links]
    stored = {link.fingerprint_sha256 for link in chain.links}
    if chain.anchor is not None and chain.anchor.fingerprint_sha256 not in stored:
        links.append(ShownLink(chain.anchor, _state(chain.anchor, now), is_stored=False))
    return ShownChain(links, chain.anchor is not None, chain.ends_in_itself)


def _state(link: ChainLink, now: datetime) -> str:
    return "ok" if link.not_before <= now <= link.not_after else "bad"
