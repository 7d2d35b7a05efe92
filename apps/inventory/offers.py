"""The certificates of a namespace ranked for a host: made for namespaces with thousands of Secrets.

Everything is judged from stored facts; nothing is parsed. Ranking looks at every row; what is shown of a row is made
only for the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from apps.clusters.models import Cluster
from apps.inventory.models import Secret
from apps.inventory.observe import PASSING_CODES
from apps.inventory.reasons import shown_reason
from apps.kube.certificates import CertificateFacts, covers, passing_reasons

UsedBy = Mapping[str, Sequence[str]]
NEVER_READ = ("labels", "chain_pem", "trust_digest", "uid", "resource_version")
SEARCH_WORDS = 5


class Judged(NamedTuple):
    """A Secret and what is against it for the host, as stored or by code."""

    secret: Secret
    reasons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Offers:
    """`offered` can serve the host, best first; `rejected` are TLS Secrets that cannot; `others` are of other types.

    Each is a list of rows still to be shown by `entries`.
    """

    host: str
    now: datetime
    used_by: UsedBy = field(default_factory=dict)
    offered: list[Judged] = field(default_factory=list)
    rejected: list[Judged] = field(default_factory=list)
    others: list[Judged] = field(default_factory=list)

    def entries(self, rows: Sequence[Judged]) -> list[dict[str, Any]]:
        return [entry_of(row, self.host, self.used_by, self.now) for row in rows]

    def find(self, secret_name: str) -> Judged | None:
        every = (*self.offered, *self.rejected, *self.others)
        return next((row for row in every if row.secret.name == secret_name), None)


class ShownLate(Sequence[dict[str, Any]]):
    """The rows as a list of entries, each made when it is asked for: a page of thousands costs a page."""

    def __init__(self, offers: Offers, rows: Sequence[Judged]) -> None:
        self._offers, self._rows = offers, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._offers.entries(self._rows[index])
        return self._offers.entries([self._rows[index]])[0]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._offers.entries(self._rows))


def rank_certificates(
    cluster: Cluster,
    namespace: str,
    host: str = "",
    *,
    search: str = "",
    keep: str = "",
    others: bool = False,
    used_by: UsedBy | None = None,
    now: datetime | None = None,
) -> Offers:
    """One query. Without a host all that can serve their own names are offered; `others` asks for other types too.

    A search leaves the Secret that is called `keep` in.
    """
    moment = now or timezone.now()
    rows = Secret.objects.filter(cluster=cluster, namespace=namespace).defer(*NEVER_READ)
    if not others:
        rows = rows.filter(is_tls=True)
    words = search.lower().split()[:SEARCH_WORDS]
    found = [judge(secret, host, moment) for secret in rows if secret.name == keep or _has(secret, words)]
    tls = sorted((row for row in found if row.secret.is_tls), key=lambda row: _rank(row, host, moment))
    return Offers(
        host=host,
        now=moment,
        used_by=used_by or {},
        offered=[row for row in tls if not row.reasons],
        rejected=[row for row in tls if row.reasons],
        others=sorted((row for row in found if not row.secret.is_tls), key=lambda row: _rank(row, host, moment)),
    )


def judge(secret: Secret, host: str, now: datetime) -> Judged:
    """The stored reasons, with those that depend on the day and the host judged now."""
    stored = [reason for reason in secret.reasons if reason["code"] not in PASSING_CODES]
    if secret.fingerprint_sha256:
        facts = CertificateFacts(tuple(secret.subject_names), not_before=secret.not_before, not_after=secret.not_after)
        stored += [{"code": code} for code in passing_reasons(facts, now=now, host=host or None)]
    return Judged(secret, stored)


def entry_of(row: Judged, host: str, used_by: UsedBy, now: datetime) -> dict[str, Any]:
    """What is shown of a row; the shape of the REST contract."""
    secret = row.secret
    return {
        "secret_name": secret.name,
        "usable": not row.reasons,
        "covers_host": covers(host, secret.subject_names) if host else None,
        "subject_names": secret.subject_names,
        "issuer": secret.issuer,
        "not_before": secret.not_before,
        "not_after": secret.not_after,
        "days_left": _days_left(secret, now),
        "fingerprint_sha256": secret.fingerprint_sha256,
        "key_type": secret.key_type,
        "used_by": list(used_by.get(secret.name, ())),
        "reasons": [shown_reason(reason, may_be_copied=secret.may_be_copied) for reason in row.reasons],
        "warnings": [shown_reason({"code": code}) for code in secret.warnings],
        "may_be_copied": secret.may_be_copied,
    }


def _days_left(secret: Secret, now: datetime) -> int | None:
    return (secret.not_after - now).days if secret.not_after else None


def _has(secret: Secret, words: list[str]) -> bool:
    """Whether each word stands in its name, its issuer or one of its names."""
    if not words:
        return True
    text = " ".join([secret.name, secret.issuer, *secret.subject_names]).lower()
    return all(word in text for word in words)


def _rank(row: Judged, host: str, now: datetime) -> tuple[int, bool, str]:
    """The most days left, then a name of its own before a wildcard."""
    return (-(_days_left(row.secret, now) or 0), host not in row.secret.subject_names, row.secret.name)
