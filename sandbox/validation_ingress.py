"""What kube-apiserver refuses in an Ingress and an IngressClass (pkg/apis/networking/validation)."""

import ipaddress
from typing import Any

from sandbox import names
from sandbox.errors import Cause, invalid_value, not_supported, required
from sandbox.schema import Object

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"]
FORBIDDEN_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
FORBIDDEN_SUFFIXES = ("/..", "/.")
BAD_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def check_ingress(obj: Object) -> list[Cause]:
    spec = obj.get("spec") or {}
    rules, default = spec.get("rules") or [], spec.get("defaultBackend")
    causes: list[Cause] = []
    if not rules and not default:
        causes.append(invalid_value("spec", None, "either `defaultBackend` or `rules` must be specified"))
    if default:
        causes += _backend(default, "spec.defaultBackend")
    for index, rule in enumerate(rules):
        causes += _rule(rule, f"spec.rules[{index}]")
    for index, tls in enumerate(spec.get("tls") or []):
        causes += _tls(tls, f"spec.tls[{index}]")
    return causes + _class_name(spec.get("ingressClassName"))


def _class_name(name: str | None) -> list[Cause]:
    messages = [] if name is None else names.subdomain(name)
    return [invalid_value("spec.ingressClassName", name, message) for message in messages]


def check_class_annotation(obj: Object) -> list[Cause]:
    """Only at creation: later, old objects may keep both."""
    annotation = (obj["metadata"].get("annotations") or {}).get(CLASS_ANNOTATION)
    name = obj["spec"].get("ingressClassName")
    if annotation is None or name is None or annotation == name:
        return []
    message = "must match `ingressClassName` when both are specified"
    return [invalid_value(f"annotations.{CLASS_ANNOTATION}", annotation, message)]


def _host(host: str, field: str) -> list[Cause]:
    check = names.wildcard if "*" in host else names.subdomain
    return [invalid_value(field, host, message) for message in check(host)]


def _rule(rule: Object, field: str) -> list[Cause]:
    causes = []
    host = rule.get("host") or ""
    if host:
        if is_address(host):
            causes.append(invalid_value(f"{field}.host", host, "must be a DNS name, not an IP address"))
        causes += _host(host, f"{field}.host")
    if rule.get("http") is not None:
        causes += _paths(rule["http"].get("paths"), f"{field}.http.paths")
    return causes


def _paths(paths: list[Object] | None, field: str) -> list[Cause]:
    if not paths:
        return [required(field)]
    causes = []
    for index, path in enumerate(paths):
        causes += _path(path, f"{field}[{index}]")
    return causes


def _path(stated: Object, field: str) -> list[Cause]:
    path, path_type = stated.get("path") or "", stated.get("pathType")
    causes = []
    if path_type is None:
        causes.append(required(f"{field}.pathType", "pathType must be specified"))
    elif path_type in ("Exact", "Prefix"):
        causes += _strict_path(path, f"{field}.path")
    elif path_type == "ImplementationSpecific":
        if path and not path.startswith("/"):
            causes.append(invalid_value(f"{field}.path", path, "must be an absolute path"))
    else:
        causes.append(not_supported(f"{field}.pathType", path_type, PATH_TYPES))
    return causes + _backend(stated.get("backend") or {}, f"{field}.backend")


def _strict_path(path: str, field: str) -> list[Cause]:
    causes = []
    if not path.startswith("/"):
        causes.append(invalid_value(field, path, "must be an absolute path"))
    causes += [
        invalid_value(field, path, f"must not contain '{sequence}'")
        for sequence in FORBIDDEN_SEQUENCES
        if sequence in path
    ]
    return causes + [
        invalid_value(field, path, f"cannot end with '{suffix}'")
        for suffix in FORBIDDEN_SUFFIXES
        if path.endswith(suffix)
    ]


def _backend(backend: Object, field: str) -> list[Cause]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        return [invalid_value(field, "", "cannot set both resource and service backends")]
    if service is None and resource is None:
        return [invalid_value(field, "", "resource or service backend is required")]
    if resource is not None:
        return [required(f"{field}.resource.{name}") for name in ("kind", "name") if not resource.get(name)]
    return _service_backend(service or {}, field)


def _service_backend(service: Object, field: str) -> list[Cause]:
    name = service.get("name") or ""
    if name:
        causes = [invalid_value(f"{field}.service.name", name, message) for message in names.label_1035(name)]
    else:
        causes = [required(f"{field}.service.name")]
    return causes + _backend_port(service.get("port") or {}, field)


def _backend_port(port: Object, field: str) -> list[Cause]:
    name, number = port.get("name") or "", port.get("number") or 0
    if name and number:
        return [invalid_value(field, "", "cannot set both port name & port number")]
    if name:
        return [invalid_value(f"{field}.service.port.name", name, message) for message in names.port_name(name)]
    if number:
        return [invalid_value(f"{field}.service.port.number", number, message) for message in names.port_number(number)]
    return [required(field, "port name or number is required")]


def _tls(tls: Object, field: str) -> list[Cause]:
    causes = []
    for index, host in enumerate(tls.get("hosts") or []):
        causes += _host(host, f"{field}.hosts[{index}]")
    name = tls.get("secretName") or ""
    if name:
        causes += [invalid_value(f"{field}.secretName", name, message) for message in names.subdomain(name)]
    return causes


def check_load_balancer(obj: Object) -> list[Cause]:
    """The status of an Ingress or a Service."""
    causes = []
    ingress: list[Any] = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    for index, point in enumerate(ingress):
        field = f"status.loadBalancer.ingress[{index}]"
        if point.get("ip") and not is_address(point["ip"]):
            causes.append(invalid_value(f"{field}.ip", point["ip"], BAD_ADDRESS))
        if point.get("hostname"):
            causes += _status_hostname(point["hostname"], f"{field}.hostname")
    return causes


def _status_hostname(hostname: str, field: str) -> list[Cause]:
    causes = [invalid_value(field, hostname, message) for message in names.subdomain(hostname)]
    if is_address(hostname):
        causes.append(invalid_value(field, hostname, "must be a DNS name, not an IP address"))
    return causes


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_ingress_class(obj: Object) -> list[Cause]:
    controller = (obj.get("spec") or {}).get("controller") or ""
    if not controller:
        return [required("spec.controller")]
    return [invalid_value("spec.controller", controller, message) for message in names.controller_name(controller)]
