"""What kube-apiserver fills in: defaults of each kind, cluster addresses and node ports, the default ingress class."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.kinds import ENDPOINT_SLICE, INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind
from sandbox.schema import ANY, List, Map, Object, Scalar, Schema, Struct, skeleton
from sandbox.storage import Store

DEFAULT_CLASS_ANNOTATION = "ingressclass.kubernetes.io/is-default-class"
NODE_PORTS = range(30_000, 32_768)


def fill(kind: Kind, obj: Object) -> None:
    """Defaults that depend on nothing but the object itself."""
    for name, part in skeleton(kind.schema).items():
        if obj.get(name) is None:
            obj[name] = part
        elif isinstance(obj[name], dict):
            _lay_under(obj[name], part)
    _drop_unset(obj, kind.schema)
    if kind.key in _FILLERS:
        _FILLERS[kind.key](obj)


def _lay_under(obj: Object, below: Object) -> None:
    for name, part in below.items():
        obj.setdefault(name, part)


def _drop_unset(value: Any, schema: Schema) -> None:
    """Unset, null and empty are one to the API server, but for pointers and the lists that are always shown."""
    if isinstance(schema, List) and isinstance(value, list):
        for item in value:
            _drop_unset(item, schema.item)
    elif isinstance(schema, Struct | Map) and isinstance(value, dict):
        _drop_unset_parts(value, schema)


def _drop_unset_parts(value: Object, schema: Struct | Map) -> None:
    for name, part in list(value.items()):
        inner = schema.fields.get(name, ANY) if isinstance(schema, Struct) else schema.value
        _drop_unset(part, inner)
        if part is None or (isinstance(schema, Struct) and _is_unset(part, inner)):
            del value[name]


def _is_unset(value: Any, schema: Schema) -> bool:
    if isinstance(schema, Scalar):
        return value == "" and not schema.pointer
    return value == [] and isinstance(schema, List) and not schema.always


def _namespace(obj: Object) -> None:
    obj["metadata"]["labels"] = (obj["metadata"].get("labels") or {}) | {
        "kubernetes.io/metadata.name": obj["metadata"].get("name", "")
    }


def _secret(obj: Object) -> None:
    stated = obj.pop("stringData", None)
    if stated:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in stated.items()}
        obj["data"] = (obj.get("data") or {}) | encoded
    obj.setdefault("type", "Opaque")
    if not obj.get("data"):
        obj.pop("data", None)


def _service(obj: Object) -> None:
    spec = obj["spec"]
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if not spec.get("ports"):
        spec.pop("ports", None)
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _endpoint_slice(obj: Object) -> None:
    for port in obj.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port.setdefault("name", "")


def _ingress_class(obj: Object) -> None:
    parameters = obj["spec"].get("parameters")
    if parameters:
        parameters.setdefault("scope", "Cluster")


_FILLERS: Mapping[str, Callable[[Object], None]] = {
    NAMESPACE.key: _namespace,
    SECRET.key: _secret,
    SERVICE.key: _service,
    ENDPOINT_SLICE.key: _endpoint_slice,
    INGRESS_CLASS.key: _ingress_class,
}


def allocate(kind: Kind, obj: Object, live: Object | None, store: Store) -> None:
    """What the cluster hands out: addresses, node ports, the default class. Kept over changes, owned by nobody."""
    if kind is NAMESPACE:
        obj["spec"].setdefault("finalizers", ["kubernetes"])
        obj["status"].setdefault("phase", "Active")
    if kind is SERVICE:
        _allocate_service(obj, (live or {}).get("spec", {}), store)
    if kind is INGRESS and live is None:
        _default_class(obj, store)


def _allocate_service(obj: Object, before: Object, store: Store) -> None:
    spec = obj["spec"]
    if spec["type"] == "ExternalName":
        return
    address = spec.get("clusterIP") or before.get("clusterIP") or _free_address(store)
    spec["clusterIP"] = address
    spec.setdefault("clusterIPs", [address])
    spec.setdefault("ipFamilies", before.get("ipFamilies", ["IPv4"]))
    spec.setdefault("ipFamilyPolicy", before.get("ipFamilyPolicy", "SingleStack"))
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _allocate_node_ports(spec["ports"], before.get("ports") or [], store)


def keep_allocated(obj: Object, live: Object) -> None:
    """A Service that is replaced keeps its addresses when it does not name others."""
    spec, before = obj.setdefault("spec", {}), live.get("spec", {})
    if spec.get("type") == "ExternalName":
        return
    for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if not spec.get(name) and before.get(name):
            spec[name] = before[name]


def _services(store: Store) -> list[Object]:
    return [stored.obj["spec"] for _, stored in store.list(SERVICE)[0]]


def _free_address(store: Store) -> str:
    taken = {spec.get("clusterIP") for spec in _services(store)}
    return next(
        address for number in range(1, 65_535) if (address := f"10.250.{number >> 8}.{number & 255}") not in taken
    )


def _allocate_node_ports(ports: list[Object], before: list[Object], store: Store) -> None:
    held = {(port["port"], port.get("protocol")): port.get("nodePort") for port in before}
    taken = {port.get("nodePort") for spec in _services(store) for port in spec.get("ports") or []}
    for port in ports:
        if not port.get("nodePort"):
            mine = held.get((port.get("port"), port.get("protocol")))
            port["nodePort"] = mine or next(number for number in NODE_PORTS if number not in taken)
            taken.add(port["nodePort"])


def _default_class(obj: Object, store: Store) -> None:
    """The DefaultIngressClass admission plugin; of several defaults the newest wins."""
    annotations = obj["metadata"].get("annotations") or {}
    if obj["spec"].get("ingressClassName") is not None or "kubernetes.io/ingress.class" in annotations:
        return
    defaults = [
        stored.obj["metadata"]
        for _, stored in store.list(INGRESS_CLASS)[0]
        if (stored.obj["metadata"].get("annotations") or {}).get(DEFAULT_CLASS_ANNOTATION) == "true"
    ]
    if defaults:
        newest = max(defaults, key=lambda metadata: metadata["creationTimestamp"])
        obj["spec"]["ingressClassName"] = newest["name"]
