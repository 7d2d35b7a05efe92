"""Brings the rows of one kind in line with what was listed, touching only rows that differ.

One listing costs one read, at most one upsert (in the database's batches) and one delete. An object that was observed
on its own after the listing was made is left alone: the listing knows nothing of it yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from apps.clusters.models import Cluster
from apps.inventory.models import Ingress, IngressPath, ObservedObject, Secret, Service

DELETE_BATCH = 500
UPDATE_BATCH = 200
PATH_FIELDS = ("host", "path", "path_type", "service_name", "service_port")
Key = tuple[str, ...]
Row = ObservedObject


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows a listing changed."""

    written: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A listing's resourceVersion, and the one of the listing stored before it.

    `was_overtaken` says that the other one was stored while this one was under way.
    """

    resource_version: str = ""
    previous: str = ""
    was_overtaken: bool = False

    @property
    def is_outdated(self) -> bool:
        """Whether what is stored is newer than all that this listing tells."""
        return self.was_overtaken and self._is_behind

    def is_older_than(self, row: ObservedObject) -> bool:
        """Whether the row was observed after this listing. A cluster that was set back in time is believed again."""
        if self._is_behind or not (self.resource_version.isdecimal() and row.resource_version.isdecimal()):
            return False
        return int(row.resource_version) > int(self.resource_version)

    @property
    def _is_behind(self) -> bool:
        versions = (self.resource_version, self.previous)
        return all(version.isdecimal() for version in versions) and int(self.resource_version) < int(self.previous)


def replace_rows(
    model: type[ObservedObject], cluster: Cluster, rows: Iterable[ObservedObject], snapshot: Snapshot
) -> Changes:
    """Make `rows` the cluster's only ones of this kind."""
    stored = {_key(row): row for row in _stored(model, cluster)}
    listed = {_key(row): row for row in rows if row.name}
    written = _write(model, stored, listed, snapshot)
    return Changes(len(written), _delete_stale(model, stored, listed, snapshot))


def replace_ingresses(
    cluster: Cluster,
    listed: Sequence[tuple[Ingress, list[IngressPath]]],
    snapshot: Snapshot,
    unchanged: Collection[Key] = frozenset(),
) -> Changes:
    """The same for Ingresses with their paths; paths are written anew only where they differ. Rows that are known to be
    `unchanged` are not looked at.
    """
    stored = {_key(row): row for row in _beside(unchanged, cluster).prefetch_related("paths")}
    rows = {_key(row): row for row, _found in listed if row.name}
    paths = {_key(row): found for row, found in listed}
    differing = {key for key in rows.keys() & stored.keys() if _differ(stored[key], paths[key])}
    written = _write(Ingress, stored, rows, snapshot, also=differing)
    stale = rows.keys() - (stored.keys() - differing)
    _replace_paths([row for row in written if _key(row) in stale], paths)
    return Changes(len(written), _delete_stale(Ingress, stored, rows, snapshot))


def _beside(unchanged: Collection[Key], cluster: Cluster) -> models.QuerySet[Ingress]:
    rows = _stored(Ingress, cluster)
    if not unchanged:
        return rows
    keys = rows.values_list("pk", "namespace", "name")
    return rows.filter(pk__in=[pk for pk, namespace, name in keys if (namespace, name) not in unchanged])


def _replace_paths(rows: list[Ingress], paths: Mapping[Key, list[IngressPath]]) -> None:
    """Write the paths of Ingresses that are new or whose paths differ."""
    IngressPath.objects.filter(ingress__in=[row.pk for row in rows]).delete()
    IngressPath.objects.bulk_create([_bound(path, row) for row in rows for path in paths[_key(row)]])


def replace_ready_endpoints(cluster: Cluster, ready: Mapping[tuple[str, str], int]) -> Changes:
    """Note how many endpoints of each Service are ready; those not named have none."""
    changed = []
    for service in Service.objects.filter(cluster=cluster).only("namespace", "name", "ready_endpoints"):
        count = ready.get((service.namespace, service.name), 0)
        if service.ready_endpoints != count:
            service.ready_endpoints = count
            changed.append(service)
    Service.objects.bulk_update(changed, ["ready_endpoints"], batch_size=UPDATE_BATCH)
    return Changes(len(changed), 0)


def upsert_ingress(cluster: Cluster, row: Ingress, paths: list[IngressPath]) -> None:
    """Write one Ingress that was just read or applied."""
    values = {field: getattr(row, field) for field in _fields(Ingress)}
    stored, _created = Ingress.objects.update_or_create(
        cluster=cluster, namespace=row.namespace, name=row.name, defaults=values
    )
    stored.paths.all().delete()
    IngressPath.objects.bulk_create([_bound(path, stored) for path in paths])


def upsert_secret(cluster: Cluster, row: Secret) -> Secret:
    """Write one Secret that was just created."""
    values = {field: getattr(row, field) for field in _fields(Secret)}
    return Secret.objects.update_or_create(cluster=cluster, namespace=row.namespace, name=row.name, defaults=values)[0]


def _stored(model: type[ObservedObject], cluster: Cluster) -> models.QuerySet[Any]:
    return model._default_manager.filter(cluster=cluster)


def _write(
    model: type[ObservedObject],
    stored: dict[Key, Any],
    listed: dict[Key, Any],
    snapshot: Snapshot,
    *,
    also: Iterable[Key] = (),
) -> list[Any]:
    fields, forced = _fields(model), set(also)
    changed = [
        row for key, row in listed.items() if _is_changed(stored.get(key), row, fields, snapshot, forced=key in forced)
    ]
    if not changed:
        return []
    unique = ["cluster", *_key_fields(model)]
    written: list[Any] = model._default_manager.bulk_create(
        changed, update_conflicts=True, unique_fields=unique, update_fields=fields
    )
    return written


def _is_changed(stored: Any, row: Any, fields: list[str], snapshot: Snapshot, *, forced: bool) -> bool:
    if stored is None:
        return True
    if snapshot.is_older_than(stored):
        return False
    return forced or any(getattr(stored, field) != getattr(row, field) for field in fields)


def _delete_stale(
    model: type[ObservedObject], stored: dict[Key, Any], listed: dict[Key, Any], snapshot: Snapshot
) -> int:
    stale = [row.pk for key, row in stored.items() if key not in listed and not snapshot.is_older_than(row)]
    for start in range(0, len(stale), DELETE_BATCH):
        model._default_manager.filter(pk__in=stale[start : start + DELETE_BATCH]).delete()
    return len(stale)


def _differ(row: Ingress, paths: list[IngressPath]) -> bool:
    return sorted(map(_path_values, row.paths.all())) != sorted(map(_path_values, paths))


def _path_values(path: IngressPath) -> Key:
    return tuple(getattr(path, field) for field in PATH_FIELDS)


def _bound(path: IngressPath, ingress: Ingress) -> IngressPath:
    path.ingress = ingress
    return path


def _key_fields(model: type[ObservedObject]) -> list[str]:
    return ["namespace", "name"] if hasattr(model, "namespace") else ["name"]


def _key(row: Any) -> Key:
    return (getattr(row, "namespace", ""), row.name)


def _fields(model: type[ObservedObject]) -> list[str]:
    """Everything but the primary key, what identifies the object, and what objects of another kind tell of it."""
    fixed = {"id", "cluster", "namespace", "name", "ready_endpoints"}
    return [field.name for field in model._meta.concrete_fields if field.name not in fixed]
