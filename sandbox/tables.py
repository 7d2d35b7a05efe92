"""Lists as `kubectl get` asks for them: columns and cells made by the server."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.kinds import ENDPOINT_SLICE, EVENT, INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind
from sandbox.schema import Object

NONE = "<none>"

Cells = Callable[[Object], list[Any]]


def table(kind: Kind, objects: list[Object], metadata: Object, include: str) -> Object:
    columns, cells = _TABLES[kind.key]
    definitions = [
        {
            "name": name.lstrip("+"),
            "type": "string",
            "format": "name" if name == "Name" else "",
            "description": "",
            "priority": 1 if name.startswith("+") else 0,
        }
        for name in columns
    ]
    rows = [{"cells": cells(obj), "object": _included(obj, include)} for obj in objects]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    }


def _included(obj: Object, include: str) -> Object | None:
    if include == "None":
        return None
    if include == "Object":
        return obj
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def age(obj: Object) -> str:
    return since(obj["metadata"].get("creationTimestamp", ""))


def since(time: str) -> str:
    """A duration as kubectl prints it: two units at most, and only while the larger one is small."""
    if not time:
        return "<unknown>"
    seconds = int((datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    for limit, text in (
        (seconds < 120, f"{max(seconds, 0)}s"),
        (minutes < 10, _pair(minutes, "m", seconds % 60, "s")),
        (minutes < 180, f"{minutes}m"),
        (hours < 8, _pair(hours, "h", minutes % 60, "m")),
        (hours < 48, f"{hours}h"),
        (days < 8, _pair(days, "d", hours % 24, "h")),
    ):
        if limit:
            return text
    return f"{days}d"


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def _namespace(obj: Object) -> list[Any]:
    return [obj["metadata"]["name"], obj["status"].get("phase", ""), age(obj)]


def _secret(obj: Object) -> list[Any]:
    return [obj["metadata"]["name"], obj.get("type", "Opaque"), len(obj.get("data") or {}), age(obj)]


def _addresses(obj: Object) -> str:
    points = obj["status"].get("loadBalancer", {}).get("ingress") or []
    return ",".join(point.get("ip") or point.get("hostname", "") for point in points)


def _service_port(port: Object) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node_port}/{port.get('protocol', 'TCP')}"


def _external(obj: Object) -> str:
    pending = "<pending>" if obj["spec"].get("type") == "LoadBalancer" else NONE
    return _addresses(obj) or obj["spec"].get("externalName") or pending


def _service(obj: Object) -> list[Any]:
    spec = obj["spec"]
    selector = sorted((spec.get("selector") or {}).items())
    return [
        obj["metadata"]["name"],
        spec.get("type", ""),
        spec.get("clusterIP") or NONE,
        _external(obj),
        ",".join(_service_port(port) for port in spec.get("ports") or []) or NONE,
        age(obj),
        ",".join(f"{key}={value}" for key, value in selector) or NONE,
    ]


def _first_few(values: list[str]) -> str:
    shown = ",".join(values[:3])
    return f"{shown} + {len(values) - 3} more..." if len(values) > 3 else shown


def _ingress(obj: Object) -> list[Any]:
    spec = obj["spec"]
    hosts = _first_few([rule["host"] for rule in spec.get("rules") or [] if rule.get("host")]) or "*"
    ports = "80, 443" if spec.get("tls") else "80"
    return [obj["metadata"]["name"], spec.get("ingressClassName") or NONE, hosts, _addresses(obj), ports, age(obj)]


def _ingress_class(obj: Object) -> list[Any]:
    parameters = obj["spec"].get("parameters")
    shown = f"{parameters['kind']}.{parameters['apiGroup']}/{parameters['name']}" if parameters else NONE
    return [obj["metadata"]["name"], obj["spec"].get("controller", ""), shown, age(obj)]


def _endpoint_slice(obj: Object) -> list[Any]:
    ports = _first_few([str(port.get("port", "*")) for port in obj.get("ports") or []]) or "<unset>"
    addresses = [address for endpoint in obj.get("endpoints") or [] for address in endpoint["addresses"]]
    return [obj["metadata"]["name"], obj["addressType"], ports, _first_few(addresses) or "<unset>", age(obj)]


def _event(obj: Object) -> list[Any]:
    involved = obj.get("involvedObject") or {}
    thing = f"{involved.get('kind', '').lower()}/{involved.get('name', '')}"
    return [
        obj["metadata"]["name"],
        since(obj.get("lastTimestamp", "")),
        obj.get("type", ""),
        obj.get("reason", ""),
        thing,
        obj.get("message", ""),
    ]


_TABLES: Mapping[str, tuple[tuple[str, ...], Cells]] = {
    NAMESPACE.key: (("Name", "Status", "Age"), _namespace),
    SECRET.key: (("Name", "Type", "Data", "Age"), _secret),
    SERVICE.key: (("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector"), _service),
    INGRESS.key: (("Name", "Class", "Hosts", "Address", "Ports", "Age"), _ingress),
    INGRESS_CLASS.key: (("Name", "Controller", "Parameters", "Age"), _ingress_class),
    ENDPOINT_SLICE.key: (("Name", "AddressType", "Ports", "Endpoints", "Age"), _endpoint_slice),
    EVENT.key: (("Name", "Last Seen", "Type", "Reason", "Object", "Message"), _event),
}
