"""Lists the kinds of the inventory through the gateway and hands back rows. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.inventory.models import OPAQUE, Ingress, IngressPath, ObservedObject, Secret
from apps.inventory.observe import (
    count_ready,
    ingress_class_row,
    ingress_paths,
    ingress_row,
    judge_again,
    namespace_row,
    object_name,
    object_version,
    secret_row,
    service_row,
)
from apps.inventory.trust import KnownRoots, known_roots
from apps.kube.certificates import TLS_SECRET_TYPE
from apps.kube.client import ClusterClient, Listing
from apps.kube.errors import Forbidden, ObjectNotFound
from apps.kube.kinds import ENDPOINT_SLICE, INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind


@dataclass(frozen=True, slots=True)
class Found:
    """What a listing of one kind gave; which of the three depends on the kind. `unchanged` are Ingresses, by namespace
    and name, whose rows are as they were read before.
    """

    resource_version: str
    rows: Sequence[ObservedObject] = ()
    ingresses: Sequence[tuple[Ingress, list[IngressPath]]] = ()
    ready: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unchanged: frozenset[tuple[str, str]] = frozenset()


SINGLE_READS = 10
# What no API server gives, and what could not stand in a path.
NO_NAMES = frozenset({"", ".", ".."})
SecretVersion = tuple[str, str, str, str]
Fetch = Callable[[ClusterClient, str, Sequence[str]], Found]


def list_kind(client: ClusterClient, kind: Kind, namespaces: Sequence[str], **options: Any) -> Listing:
    """The whole cluster's objects, or, for a credential without that right, those of `namespaces`."""
    try:
        return client.list(kind, **options)
    except Forbidden:
        if not kind.namespaced or not namespaces:
            raise
        items = [item for namespace in namespaces for item in client.list(kind, namespace, **options).items]
        return Listing(items, "")


def _fetch_rows(
    kind: Kind,
    make: Callable[[str, dict[str, Any]], ObservedObject],
    client: ClusterClient,
    cluster_id: str,
    namespaces: Sequence[str],
) -> Found:
    listed = list_kind(client, kind, namespaces)
    return Found(listed.resource_version, rows=[make(cluster_id, item) for item in listed.items])


def _fetch_ingresses(client: ClusterClient, cluster_id: str, namespaces: Sequence[str]) -> Found:
    listed = list_kind(client, INGRESS, namespaces)
    found = [(ingress_row(cluster_id, item), ingress_paths(item)) for item in listed.items]
    return Found(listed.resource_version, ingresses=found)


def fetch_changed_ingresses(client: ClusterClient, cluster_id: str, namespaces: Sequence[str]) -> Found:
    """The same in a hurry: an Ingress of a version that is known already is not read again."""
    listed = list_kind(client, INGRESS, namespaces)
    rows = Ingress.objects.filter(cluster=cluster_id).exclude(resource_version="")
    known = set(rows.values_list("namespace", "name", "uid", "resource_version"))
    versions = [(object_version(item), item) for item in listed.items]
    return Found(
        listed.resource_version,
        ingresses=[(ingress_row(cluster_id, item), ingress_paths(item)) for key, item in versions if key not in known],
        unchanged=frozenset((key[0], key[1]) for key, _item in versions if key in known),
    )


def _fetch_ready(client: ClusterClient, cluster_id: str, namespaces: Sequence[str]) -> Found:
    listed = list_kind(client, ENDPOINT_SLICE, namespaces)
    return Found(listed.resource_version, ready=count_ready(listed.items))


def _fetch_secrets(client: ClusterClient, cluster_id: str, namespaces: Sequence[str]) -> Found:
    """TLS secrets judged by their content where it is new, all others by name only: what they hold stays there.

    Judging an RSA key takes tens of milliseconds, and keys should travel no more than they must: a secret that has not
    changed since it was judged is not read again, only its dates are looked at.
    """
    now, roots = timezone.now(), known_roots()
    tls = list_kind(client, SECRET, namespaces, field_selector=f"type={TLS_SECRET_TYPE}", metadata_only=True)
    known = {_version(row): row for row in _known_rows(cluster_id)}
    present = {_version(secret_row(cluster_id, item, now)) for item in tls.items}
    rows = [judge_again(known[version], now, roots) for version in present & known.keys()]
    changed = {version for version in present - known.keys() if not NO_NAMES.intersection(version[:2])}
    rows += _other_rows(client, cluster_id, namespaces, now)
    rows += _judged(cluster_id, _read_secrets(client, namespaces, changed), now, roots)
    return Found(tls.resource_version, rows=rows)


def _known_rows(cluster_id: str) -> QuerySet[Secret]:
    """Those that were judged; of a readable one the chain is kept since then, so one without it is read again."""
    judged = Secret.objects.filter(cluster=cluster_id, is_tls=True)
    return judged.exclude(Q(chain_pem="") & ~Q(fingerprint_sha256=""))


def _other_rows(client: ClusterClient, cluster_id: str, namespaces: Sequence[str], now: datetime) -> Iterator[Secret]:
    """Names of Secrets of other types. Bare metadata does not tell the type, so Opaque ones are asked for apart."""
    for selector, kind in ((f"type!={TLS_SECRET_TYPE},type!={OPAQUE}", ""), (f"type={OPAQUE}", OPAQUE)):
        listed = list_kind(client, SECRET, namespaces, field_selector=selector, metadata_only=True)
        yield from (secret_row(cluster_id, {**item, "type": kind}, now) for item in listed.items)


def _version(row: Secret) -> SecretVersion:
    return (row.namespace, row.name, row.uid, row.resource_version)


def _read_secrets(
    client: ClusterClient, namespaces: Sequence[str], changed: set[SecretVersion]
) -> list[dict[str, Any]]:
    """The secrets of `changed` with their content: one by one when they are few, from one list otherwise."""
    if len(changed) > SINGLE_READS:
        wanted = {(namespace, name) for namespace, name, _uid, _version in changed}
        listed = list_kind(client, SECRET, namespaces, field_selector=f"type={TLS_SECRET_TYPE}").items
        return [item for item in listed if object_name(item) in wanted]
    found = []
    for namespace, name, _uid, _version in changed:
        # One that was deleted since the list is simply not there any more.
        with suppress(ObjectNotFound):
            found.append(client.get(SECRET, namespace, name))
    return found


def _judged(cluster_id: str, items: list[dict[str, Any]], now: datetime, roots: KnownRoots) -> Iterator[Secret]:
    """Takes the secrets out of `items` one by one, so that no private key stays longer than its judgement takes."""
    while items:
        yield secret_row(cluster_id, items.pop(), now, roots)


FETCH: dict[Kind, Fetch] = {
    NAMESPACE: partial(_fetch_rows, NAMESPACE, namespace_row),
    INGRESS_CLASS: partial(_fetch_rows, INGRESS_CLASS, ingress_class_row),
    SERVICE: partial(_fetch_rows, SERVICE, service_row),
    SECRET: _fetch_secrets,
    INGRESS: _fetch_ingresses,
    ENDPOINT_SLICE: _fetch_ready,
}
