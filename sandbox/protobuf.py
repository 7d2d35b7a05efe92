"""Requests in Kubernetes' protobuf form, which `kubectl create` and `kubectl auth can-i` send without asking.

Only as much as those commands write is read: the field numbers below are those of the `generated.proto` files of
k8s.io/api.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"

# Message → field number → name and type; a `*` marks a list, `map` a map of texts, `bytemap` one of bytes.
Fields = Mapping[int, tuple[str, str]]
MESSAGES: Mapping[str, Fields] = {
    "Unknown": {1: ("typeMeta", "TypeMeta"), 2: ("raw", "raw")},
    "TypeMeta": {1: ("apiVersion", "text"), 2: ("kind", "text")},
    "ObjectMeta": {
        1: ("name", "text"),
        2: ("generateName", "text"),
        3: ("namespace", "text"),
        5: ("uid", "text"),
        6: ("resourceVersion", "text"),
        11: ("labels", "map"),
        12: ("annotations", "map"),
        14: ("finalizers", "*text"),
    },
    "Namespace": {1: ("metadata", "ObjectMeta")},
    "Secret": {
        1: ("metadata", "ObjectMeta"),
        2: ("data", "bytemap"),
        3: ("type", "text"),
        4: ("stringData", "map"),
        5: ("immutable", "flag"),
    },
    "Service": {1: ("metadata", "ObjectMeta"), 2: ("spec", "ServiceSpec")},
    "ServiceSpec": {
        1: ("ports", "*ServicePort"),
        2: ("selector", "map"),
        3: ("clusterIP", "text"),
        4: ("type", "text"),
        10: ("externalName", "text"),
        18: ("clusterIPs", "*text"),
    },
    "ServicePort": {
        1: ("name", "text"),
        2: ("protocol", "text"),
        3: ("port", "number"),
        4: ("targetPort", "IntOrString"),
        5: ("nodePort", "number"),
        6: ("appProtocol", "text"),
    },
    "IntOrString": {1: ("type", "number"), 2: ("intVal", "number"), 3: ("strVal", "text")},
    "Ingress": {1: ("metadata", "ObjectMeta"), 2: ("spec", "IngressSpec")},
    "IngressSpec": {
        1: ("defaultBackend", "IngressBackend"),
        2: ("tls", "*IngressTLS"),
        3: ("rules", "*IngressRule"),
        4: ("ingressClassName", "text"),
    },
    "IngressTLS": {1: ("hosts", "*text"), 2: ("secretName", "text")},
    "IngressRule": {1: ("host", "text"), 2: ("", "IngressRuleValue")},
    "IngressRuleValue": {1: ("http", "HTTPIngressRuleValue")},
    "HTTPIngressRuleValue": {1: ("paths", "*HTTPIngressPath")},
    "HTTPIngressPath": {1: ("path", "text"), 2: ("backend", "IngressBackend"), 3: ("pathType", "text")},
    "IngressBackend": {4: ("service", "IngressServiceBackend")},
    "IngressServiceBackend": {1: ("name", "text"), 2: ("port", "ServiceBackendPort")},
    "ServiceBackendPort": {1: ("name", "text"), 2: ("number", "number")},
    "SelfSubjectAccessReview": {1: ("metadata", "ObjectMeta"), 2: ("spec", "SelfSubjectAccessReviewSpec")},
    "SelfSubjectAccessReviewSpec": {
        1: ("resourceAttributes", "ResourceAttributes"),
        2: ("nonResourceAttributes", "NonResourceAttributes"),
    },
    "ResourceAttributes": {
        1: ("namespace", "text"),
        2: ("verb", "text"),
        3: ("group", "text"),
        4: ("version", "text"),
        5: ("resource", "text"),
        6: ("subresource", "text"),
        7: ("name", "text"),
    },
    "NonResourceAttributes": {1: ("path", "text"), 2: ("verb", "text")},
    "SelfSubjectRulesReview": {1: ("metadata", "ObjectMeta"), 2: ("spec", "SelfSubjectRulesReviewSpec")},
    "SelfSubjectRulesReviewSpec": {1: ("namespace", "text")},
}


def decode(body: bytes) -> dict[str, Any]:
    """The object as JSON would have it; raises ValueError for what is not a known message."""
    if not body.startswith(MAGIC):
        raise ValueError("the body has no protobuf header")
    envelope = _message(body[len(MAGIC) :], "Unknown")
    stated, raw = envelope.get("typeMeta"), envelope.get("raw", b"")
    meta = stated if isinstance(stated, dict) else {}
    kind = meta.get("kind", "")
    if kind not in MESSAGES or not isinstance(raw, bytes):
        raise ValueError(f"{kind or 'what was sent'} is not read in protobuf form")
    return {**meta, **_message(raw, kind)}


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(body):
            raise ValueError("the message is cut")
        value |= (body[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not body[at - 1] & 0x80:
            return value, at


def _fields(body: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(body, at)
            yield number, value
        elif wire == 2:
            size, at = _varint(body, at)
            yield number, body[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {wire} is not used by Kubernetes' objects")


def _message(body: bytes, name: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for number, value in _fields(body):
        if number in MESSAGES[name]:
            field, kind = MESSAGES[name][number]
            _set(result, field, kind, value)
    return result


def _set(result: dict[str, Any], field: str, kind: str, value: int | bytes) -> None:
    if kind.startswith("*"):
        result.setdefault(field, []).append(_value(kind[1:], value))
    elif kind in ("map", "bytemap"):
        result.setdefault(field, {}).update(_entry(value, as_bytes=kind == "bytemap"))
    elif not field:
        result.update(_value(kind, value))  # an embedded struct
    elif value or kind == "flag":  # zero values are sent too, and mean nothing
        result[field] = _value(kind, value)


def _value(kind: str, value: int | bytes) -> Any:
    if isinstance(value, int):
        return bool(value) if kind == "flag" else value
    if kind == "text":
        return value.decode()
    if kind == "raw":
        return value
    decoded = _message(value, kind)
    if kind == "IntOrString":
        return decoded.get("strVal") if decoded.get("type") else decoded.get("intVal", 0)
    return decoded


def _entry(value: int | bytes, *, as_bytes: bool) -> dict[str, str]:
    parts = dict(_fields(value)) if isinstance(value, bytes) else {}
    key, content = (part if isinstance(part := parts.get(number, b""), bytes) else b"" for number in (1, 2))
    return {key.decode(): base64.b64encode(content).decode() if as_bytes else content.decode()}
