"""The objects of the contract's tests."""

from typing import Any

Object = dict[str, Any]


def path(path: str = "/", path_type: str = "Prefix", service: str = "shop", port: Object | None = None) -> Object:
    backend = {"service": {"name": service, "port": port or {"number": 80}}}
    return {"path": path, "pathType": path_type, "backend": backend}


def ingress(
    name: str = "shop", host: str = "shop.example.com", paths: list[Object] | None = None, **spec: Any
) -> Object:
    rules = [{"host": host, "http": {"paths": [path()] if paths is None else paths}}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name},
        "spec": {"rules": rules, **spec},
    }


def labelled(obj: Object, **labels: str) -> Object:
    return obj | {"metadata": obj["metadata"] | {"labels": labels}}


def annotated(obj: Object, **annotations: str) -> Object:
    return obj | {"metadata": obj["metadata"] | {"annotations": annotations}}


def secret(name: str, kind: str = "Opaque", **more: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": kind, **more}


def tls_secret(name: str) -> Object:
    """Empty values: the API server only asks for the keys."""
    return secret(name, "kubernetes.io/tls", data={"tls.crt": "", "tls.key": ""})


def service(name: str = "shop", ports: list[Object] | None = None, **spec: Any) -> Object:
    stated = [{"port": 80, "name": "http"}] if ports is None else ports
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": stated, **spec}}


def endpoint_slice(name: str = "shop-1", addresses: list[str] | None = None, **more: Any) -> Object:
    stated = ["10.1.2.3"] if addresses is None else addresses
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": name, "labels": {"kubernetes.io/service-name": "shop"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": stated, "conditions": {"ready": True}}],
        "ports": [{"name": "http", "port": 8080}],
        **more,
    }


def ingress_class(name: str, controller: str = "example.com/router") -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name},
        "spec": {"controller": controller},
    }


def managers(obj: Object) -> list[tuple[str, str, Object]]:
    """Who owns what: name, operation and fields, in order of name."""
    entries = obj["metadata"].get("managedFields", [])
    return sorted((each["manager"], each["operation"], each["fieldsV1"]) for each in entries)
