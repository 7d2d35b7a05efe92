"""Whether a domain is a public suffix, by the list that ships with a package: nothing here asks the network.

Everybody can register names below a public suffix (`co.uk`, `github.io`), so no team may own one, and no pattern over
one means anything but the whole internet.
"""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


def is_public_suffix(domain: str) -> bool:
    """Of a normalised domain. Suffixes that the list does not know, like `internal` or `localhost`, are nobody's."""
    return _suffixes().is_public(domain)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
