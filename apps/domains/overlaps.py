"""When two host keys mean the same visitors: an exact host, or `*.` over exactly one label, as an Ingress rule has it.

Everything is compared in normal form, so that spelling can hide nobody's host. The server aliases of ingress-nginx are
read here as well: they claim hosts outside the rules.
"""

from __future__ import annotations

import re
from functools import lru_cache

from apps.domains.hosts import InvalidHost, is_one_label_under, is_under, normalise_host

WILDCARD = "*."
# The plain end of a regular expression: letters, digits, hyphens, and dots that are escaped or not.
PLAIN_END = re.compile(r"((?:[a-z0-9-]|\\?\.)+)\$?$")
MAX_ALIAS = 1000


def host_key(text: str) -> str:
    """The normal form of an exact or wildcard host; empty for what can be neither."""
    wildcard = WILDCARD if text.strip().startswith(WILDCARD) else ""
    try:
        return wildcard + normalise_host(text.strip().removeprefix(WILDCARD))
    except InvalidHost:
        return ""


def is_wildcard(key: str) -> bool:
    return key.startswith(WILDCARD)


def wildcard_over(host: str) -> str:
    """The wildcard that covers the host: `*.example.com` of `shop.example.com`."""
    return WILDCARD + host.partition(".")[2]


def overlap(left: str, right: str) -> bool:
    """Whether a visitor of one host key can be meant by the other. Symmetric."""
    if not left or not right:
        return False
    return left == right or _covers(left, right) or _covers(right, left)


def matching_alias(aliases: str, key: str) -> str:
    """The first of the comma-separated server aliases that takes the host, as a host key; empty when none does.

    nginx lets `*.` and `.` stand for any number of labels. A regular expression is never run, because whoever wrote it
    may be hostile: it counts as a wildcard over its plain end, which errs towards a conflict.
    """
    found = (_taken_by(alias.strip().lower(), key) for alias in aliases[:MAX_ALIAS].split(","))
    return next(filter(None, found), "")


def _covers(pattern: str, host: str) -> bool:
    return is_wildcard(pattern) and not is_wildcard(host) and is_one_label_under(host, pattern.removeprefix(WILDCARD))


def _taken_by(alias: str, key: str) -> str:
    pattern = _read_alias(alias)
    if alias.startswith("~"):
        return _taken_by_end(pattern, key)
    deeper = is_wildcard(pattern) and is_under(key.removeprefix(WILDCARD), pattern.removeprefix(WILDCARD))
    return pattern if deeper or overlap(pattern, key) else ""


@lru_cache(maxsize=50_000)
def _read_alias(alias: str) -> str:
    """The host key of an alias, or the plain end of an expression. Kept, because every host is held against all."""
    if alias.startswith("~"):
        plain = PLAIN_END.search(alias)
        return host_key(plain[1].replace("\\", "").lstrip(".")) if plain else ""
    return host_key("*" + alias if alias.startswith(".") else alias)


def _taken_by_end(end: str, key: str) -> str:
    if not end or not key.endswith(end):
        return ""
    return end if key == end else wildcard_over(key)
