"""What kube-apiserver refuses in an object, for every kind: names, labels, annotations, and what may never change."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox import names
from sandbox.errors import Cause, invalid, invalid_value, required
from sandbox.kinds import ENDPOINT_SLICE, INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind
from sandbox.schema import Object
from sandbox.validation_core import (
    check_endpoint_slice,
    check_secret,
    check_secret_change,
    check_service,
    check_service_change,
)
from sandbox.validation_ingress import check_class_annotation, check_ingress, check_ingress_class, check_load_balancer

Check = Callable[[Object], list[Cause]]
ChangeCheck = Callable[[Object, Object], list[Cause]]

TOTAL_ANNOTATION_SIZE = 256 * 1024


def _immutable(field: str) -> ChangeCheck:
    def check(old: Object, new: Object) -> list[Cause]:
        before: Any = old
        after: Any = new
        for part in field.split("."):
            before, after = before.get(part), after.get(part)
        return [] if before == after else [invalid_value(field, after, "field is immutable")]

    return check


_CHECKS: Mapping[str, Check] = {
    SECRET.key: check_secret,
    SERVICE.key: check_service,
    INGRESS.key: check_ingress,
    INGRESS_CLASS.key: check_ingress_class,
    ENDPOINT_SLICE.key: check_endpoint_slice,
}
_CHANGE_CHECKS: Mapping[str, ChangeCheck] = {
    SECRET.key: check_secret_change,
    SERVICE.key: check_service_change,
    INGRESS_CLASS.key: _immutable("spec.controller"),
    ENDPOINT_SLICE.key: _immutable("addressType"),
}
_NAME_CHECKS: Mapping[str, Callable[[str], list[str]]] = {NAMESPACE.key: names.label, SERVICE.key: names.label_1035}


def check_object(kind: Kind, new: Object, old: Object | None, subresource: str = "") -> None:
    """Raises 422 with every cause found."""
    causes = _metadata(kind, new["metadata"])
    if old is not None:
        causes += _metadata_change(old["metadata"], new["metadata"])
    if subresource == "status":
        causes += check_load_balancer(new)
    else:
        causes += _body(kind, new, old)
    if causes:
        raise invalid(kind.group, kind.kind, new["metadata"].get("name", ""), causes)


def _body(kind: Kind, new: Object, old: Object | None) -> list[Cause]:
    causes = []
    if old is not None and kind.key in _CHANGE_CHECKS:
        causes += _CHANGE_CHECKS[kind.key](old, new)
    if kind.key in _CHECKS:
        causes += _CHECKS[kind.key](new)
    if old is None and kind is INGRESS:
        causes += check_class_annotation(new)
    return causes


def _metadata(kind: Kind, metadata: Object) -> list[Cause]:
    causes = []
    name = metadata.get("name", "")
    if not name:
        causes.append(required("metadata.name", "name or generateName is required"))
    else:
        check = _NAME_CHECKS.get(kind.key, names.subdomain)
        causes += [invalid_value("metadata.name", name, message) for message in check(name)]
    causes += _labels(metadata.get("labels") or {})
    return causes + _annotations(metadata.get("annotations") or {})


def _labels(labels: Mapping[str, str]) -> list[Cause]:
    causes = []
    for key, value in sorted(labels.items()):
        causes += [invalid_value("metadata.labels", key, message) for message in names.qualified_name(key)]
        causes += [invalid_value("metadata.labels", value, message) for message in names.label_value(value)]
    return causes


def _annotations(annotations: Mapping[str, str]) -> list[Cause]:
    causes = []
    for key in sorted(annotations):
        causes += [invalid_value("metadata.annotations", key, message) for message in names.qualified_name(key.lower())]
    size = sum(len(key) + len(value) for key, value in annotations.items())
    if size > TOTAL_ANNOTATION_SIZE:
        message = f"Too long: may not be more than {TOTAL_ANNOTATION_SIZE} bytes"
        causes.append(Cause("FieldValueTooLong", "metadata.annotations", message))
    return causes


def _metadata_change(old: Object, new: Object) -> list[Cause]:
    return [
        invalid_value(f"metadata.{field}", new.get(field), "field is immutable")
        for field in ("name", "namespace", "uid")
        if new.get(field) != old.get(field)
    ]
