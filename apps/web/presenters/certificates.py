"""The rows, buckets and filters of the list of certificates, and the facts of one certificate's page.

Buckets are relative to the lifetime: fixed days would cry wolf over certificates that live for weeks only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.accounts.models import NamespaceGrant, User
from apps.accounts.permissions import Allowed
from apps.accounts.selectors import grant_of, list_grants_for
from apps.clusters.selectors import list_clusters_for
from apps.exposures.certificate_uses import CertificateUses, certificate_uses_for, place_of
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_expose_for
from apps.exposures.selectors import list_exposures_for
from apps.inventory.models import Namespace, Secret
from apps.inventory.selectors import judged_now, list_certificates_for
from apps.kube.certificates import covers
from apps.web.presenters.audit import harmless
from apps.web.presenters.certificate_index import DUE, Listed, bucket_key
from apps.web.presenters.exposure_list import ChipMenu, chip_menu, with_filter

EXPORT_BATCH = 500
COLUMNS = (
    "cluster", "namespace", "secret_name", "team", "bucket", "subject_names", "issuer", "not_before", "not_after",
    "days_left", "key_type", "fingerprint_sha256", "used_by", "reasons", "warnings",
)  # fmt: skip


class Bucket(NamedTuple):
    """`kind` is the colour, `word` what people read."""

    kind: str
    word: str | Promise


BUCKETS = {
    "expired": Bucket("bad", gettext_lazy("Expired")),
    "unusable": Bucket("bad", gettext_lazy("Not usable")),
    "tenth": Bucket("bad", gettext_lazy("Last tenth")),
    "third": Bucket("wait", gettext_lazy("Last third")),
    "ok": Bucket("ok", gettext_lazy("In order")),
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A TLS secret with the judgement of today; `team` owns its namespace, empty for nobody."""

    secret: Secret
    entry: dict[str, Any]
    key: str
    team: str

    @property
    def bucket(self) -> Bucket:
        return BUCKETS[self.key]

    @property
    def days_left(self) -> int | None:
        days: int | None = self.entry["days_left"]
        return days

    @property
    def days_over(self) -> int:
        return max(-(self.days_left or 0), 0)

    @property
    def whole_days(self) -> int:
        return max(_lifetime(self.secret).days, 1)

    @property
    def percent(self) -> int:
        """How much of its life is left."""
        return round(100 * max(self.days_left or 0, 0) / self.whole_days)

    @property
    def life_kind(self) -> str:
        """The colour of its lifetime alone: a key that does not fit leaves the days as they are."""
        tenth, third = 10, 33
        if self.key != "unusable":
            return self.bucket.kind
        return "bad" if self.percent <= tenth else "wait" if self.percent <= third else "ok"

    @property
    def more_names(self) -> int:
        return max(len(self.secret.subject_names) - 1, 0)


class CertificateRow(NamedTuple):
    certificate: Certificate
    uses: CertificateUses

    @property
    def uncovered(self) -> list[str]:
        """Hosts that serve it although it does not cover them: their visitors get a warning."""
        names = self.certificate.secret.subject_names
        return [exposure.host for exposure in self.uses.exposures if not covers(exposure.host, names)]


class BucketChip(NamedTuple):
    label: str | Promise
    query: str
    active: bool
    number: int


class Coverage(NamedTuple):
    """A host of the namespace that the certificate has to do with."""

    exposure: Exposure
    is_covered: bool
    is_used: bool


def certificates_of(user: User, listed: Sequence[Listed], now: datetime) -> list[Certificate]:
    """The listed certificates whole and judged, in the same order. Two queries."""
    secrets = list_certificates_for(user).in_bulk([one.pk for one in listed])
    found = [(secrets[one.pk], one) for one in listed if one.pk in secrets]
    return [judged(secret, now, {(one.cluster, one.namespace): one.team}) for secret, one in found]


def judged(secret: Secret, now: datetime, teams: dict[tuple[str, str], str]) -> Certificate:
    entry = judged_now(secret, now)
    team = teams.get((secret.cluster.name, secret.namespace), "")
    codes = {reason["code"] for reason in entry["reasons"]}
    return Certificate(secret, entry, bucket_key(codes, secret.not_before, secret.not_after, now), team)


# Names in the address that stand for several buckets.
BUCKET_GROUPS = {"due": DUE}
VALUES: dict[str, Callable[[Listed], str]] = {
    "cluster": lambda one: one.cluster,
    "team": lambda one: one.team,
    "bucket": lambda one: one.key,
}


def filtered(certificates: Iterable[Listed], query: QueryDict, *, names: Iterable[str] = VALUES) -> list[Listed]:
    """What the address asks for, as far as the filters of these names do."""
    words = query.get("q", "").strip().lower()
    asked = [(VALUES[name], BUCKET_GROUPS.get(str(query[name]), {query[name]})) for name in names if query.get(name)]
    found = [one for one in certificates if all(value_of(one) in values for value_of, values in asked)]
    return [one for one in found if words in one.words]


def bucket_chips(certificates: Iterable[Listed], query: QueryDict) -> list[BucketChip]:
    """One for each bucket that has something in it, and for the chosen one."""
    counts = Counter(one.key for one in certificates)
    chosen = query.get("bucket", "")
    due = sum(counts[key] for key in DUE)
    chips = [BucketChip(gettext_lazy("Due"), with_filter(query, "bucket", ""), True, due)] if chosen == "due" else []
    return chips + [
        BucketChip(bucket.word, with_filter(query, "bucket", "" if key == chosen else key), key == chosen, counts[key])
        for key, bucket in BUCKETS.items()
        if counts[key] or key == chosen
    ]


def place_chips(certificates: Sequence[Listed], query: QueryDict) -> list[ChipMenu]:
    """Only values that occur are offered."""
    clusters = sorted({one.cluster for one in certificates})
    teams = sorted({one.team for one in certificates if one.team})
    return [
        chip_menu("cluster", gettext_lazy("Cluster"), {name: name for name in clusters}, query),
        chip_menu("team", gettext_lazy("Team"), {name: name for name in teams}, query),
    ]


def certificate_rows(user: User, listed: Sequence[Listed], now: datetime) -> list[CertificateRow]:
    certificates = certificates_of(user, listed, now)
    uses = certificate_uses_for(user, [one.secret for one in certificates])
    return [CertificateRow(one, uses[place_of(one.secret)]) for one in certificates]


def export_rows(user: User, listed: Sequence[Listed], now: datetime) -> Iterator[list[str]]:
    """The head line, then one line for each certificate."""
    yield list(COLUMNS)
    for start in range(0, len(listed), EXPORT_BATCH):
        for row in certificate_rows(user, listed[start : start + EXPORT_BATCH], now):
            yield [harmless(text) for text in _export_row(row)]


def coverage(user: User, certificate: Certificate, uses: CertificateUses) -> list[Coverage]:
    """The exposures of its namespace that use it or could."""
    secret = certificate.secret
    used = {exposure.pk for exposure in uses.exposures}
    exposures = list_exposures_for(user).filter(cluster=secret.cluster_id, namespace=secret.namespace).order_by("host")
    found = [Coverage(one, covers(one.host, secret.subject_names), one.pk in used) for one in exposures]
    return [one for one in found if one.is_covered or one.is_used]


def may_upload(user: User, cluster_name: str, namespace: str) -> Allowed:
    """Whether the person may put certificates into the namespace."""
    grant = grant_of(cluster_name, namespace)
    return may_expose_for(user, grant.team) if grant else Allowed(False)


def upload_places(user: User) -> list[NamespaceGrant]:
    """The namespaces in which the person may put certificates, as far as they exist. Three queries."""
    rows = Namespace.objects.filter(cluster__in=list_clusters_for(user))
    known = set(rows.values_list("cluster__name", "name"))
    prefetch_related_objects([user], "memberships")
    grants = [grant for grant in list_grants_for(user) if (grant.cluster_name, grant.namespace) in known]
    return [grant for grant in grants if may_expose_for(user, grant.team)]


def _lifetime(secret: Secret) -> timedelta:
    return secret.not_after - secret.not_before if secret.not_after and secret.not_before else timedelta()


def _export_row(row: CertificateRow) -> list[str]:
    secret, one = row.certificate.secret, row.certificate
    return [
        secret.cluster.name,
        secret.namespace,
        secret.name,
        one.team,
        one.key,
        " ".join(secret.subject_names),
        secret.issuer,
        secret.not_before.isoformat() if secret.not_before else "",
        secret.not_after.isoformat() if secret.not_after else "",
        "" if one.days_left is None else str(one.days_left),
        secret.key_type,
        secret.fingerprint_sha256,
        " ".join(row.uses.names),
        " ".join(reason["code"] for reason in one.entry["reasons"]),
        " ".join(warning["code"] for warning in one.entry["warnings"]),
    ]
