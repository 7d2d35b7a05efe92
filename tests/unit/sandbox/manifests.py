"""What a demo cluster holds: a class of the router's, a service with one ready endpoint, an Ingress."""

from typing import Any

from sandbox.routing import CONTROLLER

Object = dict[str, Any]

INGRESS_CLASS: Object = {"metadata": {"name": "portico"}, "spec": {"controller": CONTROLLER}}


def service(name: str = "shop", **metadata: Any) -> Object:
    return {"metadata": {"name": name, **metadata}, "spec": {"ports": [{"name": "http", "port": 80}]}}


def endpoint_slice(name: str = "shop", ready: bool = True, **metadata: Any) -> Object:
    return {
        "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}, **metadata},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"], "conditions": {"ready": ready}}],
        "ports": [{"name": "http", "port": 8080}],
    }


def path(path: str = "/", path_type: str = "Prefix", name: str = "shop", port: Object | None = None) -> Object:
    return {
        "path": path,
        "pathType": path_type,
        "backend": {"service": {"name": name, "port": port or {"name": "http"}}},
    }


def ingress(
    name: str = "shop", host: str = "shop.dev.localhost", paths: list[Object] | None = None, **spec: Any
) -> Object:
    rule: Object = {"http": {"paths": paths or [path()]}}
    if host:
        rule["host"] = host
    return {"metadata": {"name": name}, "spec": {"ingressClassName": "portico", "rules": [rule], **spec}}
