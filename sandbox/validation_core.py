"""What kube-apiserver refuses in Secrets, Services and EndpointSlices."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from sandbox import names
from sandbox.errors import Cause, invalid_value, not_supported, required
from sandbox.schema import Object
from sandbox.validation_ingress import BAD_ADDRESS

SERVICE_ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name"
REQUIRED_KEYS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/basic-auth": ("username", "password"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
}
EITHER_KEY = {"kubernetes.io/basic-auth"}
SERVICE_TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
PROTOCOLS = ["SCTP", "TCP", "UDP"]
ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"]


def check_secret(obj: Object) -> list[Cause]:
    stored = obj.get("data") or {}
    causes = []
    for key in sorted(stored):
        causes += [invalid_value(f"data[{key}]", key, message) for message in names.config_key(key)]
    kind = obj.get("type", "Opaque")
    annotations = obj["metadata"].get("annotations") or {}
    if kind == "kubernetes.io/service-account-token" and not annotations.get(SERVICE_ACCOUNT_ANNOTATION):
        causes.append(required(f"metadata.annotations[{SERVICE_ACCOUNT_ANNOTATION}]"))
    return causes + _missing_keys(kind, stored)


def _missing_keys(kind: str, stored: Object) -> list[Cause]:
    needed = REQUIRED_KEYS.get(kind, ())
    missing = [key for key in needed if key not in stored]
    if kind in EITHER_KEY and len(missing) < len(needed):
        return []
    return [required(f"data[{key}]") for key in missing]


def check_secret_change(old: Object, new: Object) -> list[Cause]:
    causes = []
    if old.get("type") != new.get("type"):
        causes.append(invalid_value("type", new.get("type", ""), "field is immutable"))
    if old.get("immutable"):
        frozen = [] if new.get("immutable") else ["immutable"]
        if (old.get("data") or {}) != (new.get("data") or {}):
            frozen.append("data")
        message = "Forbidden: field is immutable when `immutable` is set"
        causes += [Cause("FieldValueForbidden", field, message) for field in frozen]
    return causes


def check_service(obj: Object) -> list[Cause]:
    spec = obj.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    ports = spec.get("ports") or []
    causes = []
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(required("spec.ports"))
    if kind == "ExternalName" and not spec.get("externalName"):
        causes.append(required("spec.externalName"))
    if kind not in SERVICE_TYPES:
        causes.append(not_supported("spec.type", kind, SERVICE_TYPES))
    for index, port in enumerate(ports):
        causes += _service_port(port, f"spec.ports[{index}]", need_name=len(ports) > 1)
    return causes + _duplicate_names(ports, "spec.ports") + _duplicate_ports(ports)


def _service_port(port: Object, field: str, *, need_name: bool) -> list[Cause]:
    causes = []
    name, protocol = port.get("name") or "", port.get("protocol", "TCP")
    if need_name and not name:
        causes.append(required(f"{field}.name"))
    if name:
        causes += [invalid_value(f"{field}.name", name, message) for message in names.label(name)]
    number = port.get("port") or 0
    causes += [invalid_value(f"{field}.port", number, message) for message in names.port_number(number)]
    if protocol not in PROTOCOLS:
        causes.append(not_supported(f"{field}.protocol", protocol, PROTOCOLS))
    return causes + _target_port(port.get("targetPort"), f"{field}.targetPort")


def _target_port(target: Any, field: str) -> list[Cause]:
    if target is None:
        return []
    check = names.port_name(target) if isinstance(target, str) else names.port_number(target)
    return [invalid_value(field, target, message) for message in check]


def _duplicate_names(ports: list[Object], field: str) -> list[Cause]:
    causes = []
    seen: set[str] = set()
    for index, port in enumerate(ports):
        name = port.get("name") or ""
        if name and name in seen:
            causes.append(Cause("FieldValueDuplicate", f"{field}[{index}].name", f'Duplicate value: "{name}"'))
        seen.add(name)
    return causes


def _duplicate_ports(ports: list[Object]) -> list[Cause]:
    causes = []
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", "TCP"), port.get("port"))
        if key in seen:
            shown = f'"Name":"","Protocol":"{key[0]}","AppProtocol":null,"Port":{key[1]},"TargetPort":0,"NodePort":0'
            text = f"Duplicate value: {{{shown}}}"
            causes.append(Cause("FieldValueDuplicate", f"spec.ports[{index}]", text))
        seen.add(key)
    return causes


def check_service_change(old: Object, new: Object) -> list[Cause]:
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if not before or before == after or "ExternalName" in (old["spec"].get("type"), new["spec"].get("type")):
        return []
    return [Cause("FieldValueInvalid", "spec.clusterIPs[0]", f'Invalid value: ["{after}"]: may not change once set')]


def check_endpoint_slice(obj: Object) -> list[Cause]:
    kind = obj.get("addressType") or ""
    if not kind:
        return [required("addressType")]
    if kind not in ADDRESS_TYPES:
        return [not_supported("addressType", kind, ADDRESS_TYPES)]
    causes = []
    for index, endpoint in enumerate(obj.get("endpoints") or []):
        causes += _addresses(endpoint.get("addresses") or [], kind, f"endpoints[{index}].addresses")
    return causes + _duplicate_names(obj.get("ports") or [], "ports")


def _addresses(addresses: list[str], kind: str, field: str) -> list[Cause]:
    if not addresses:
        return [required(field, "must contain at least 1 address")]
    causes = []
    for index, address in enumerate(addresses):
        check = names.subdomain(address) if kind == "FQDN" else _address(address)
        causes += [invalid_value(f"{field}[{index}]", address, message) for message in check]
    return causes


def _address(text: str) -> list[str]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return [BAD_ADDRESS]
    checks = (
        (address.is_unspecified, f"may not be unspecified ({address})"),
        (address.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (address.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
    )
    return [message for wrong, message in checks if wrong]
