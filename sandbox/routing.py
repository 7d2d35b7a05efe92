"""The routing table: which service answers for a host and a path, and with which certificate. Values in, values out.

A host belongs to the cluster whose Ingress named it first; within a cluster the oldest Ingress wins a path. A
wildcard covers one label.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.options import NO_OPTIONS, Options, read_options
from sandbox.schema import Object

CONTROLLER = "portico.dev/sandbox-router"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"
SERVICE_LABEL = "kubernetes.io/service-name"
TLS_TYPE = "kubernetes.io/tls"

Key = tuple[str, str]  # namespace, name
Objects = Mapping[Key, Object]


@dataclass(frozen=True)
class ClusterObjects:
    """What one cluster holds, by kind, as last seen."""

    name: str
    ingresses: Objects = field(default_factory=dict)
    ingress_classes: Objects = field(default_factory=dict)
    services: Objects = field(default_factory=dict)
    endpoint_slices: Objects = field(default_factory=dict)
    secrets: Objects = field(default_factory=dict)

    def served(self) -> list[Object]:
        """The Ingresses of our class, oldest first."""
        classes = {
            name
            for (_, name), obj in self.ingress_classes.items()
            if (obj.get("spec") or {}).get("controller") == CONTROLLER
        }
        mine = [obj for obj in self.ingresses.values() if _class_of(obj) in classes]
        return sorted(mine, key=_age_order)


def _class_of(ingress: Object) -> str | None:
    annotations = ingress["metadata"].get("annotations") or {}
    name: str | None = ingress["spec"].get("ingressClassName") or annotations.get(CLASS_ANNOTATION)
    return name


def _age_order(obj: Object) -> tuple[str, str, str]:
    metadata = obj["metadata"]
    return (metadata.get("creationTimestamp", ""), metadata.get("namespace", ""), metadata["name"])


@dataclass(frozen=True)
class Route:
    """One path of one host, and the service behind it."""

    cluster: str
    namespace: str
    ingress: str
    service: str
    port: str | int
    path: str = "/"
    exact: bool = False
    options: Options = NO_OPTIONS

    def matches(self, path: str) -> bool:
        if self.exact:
            return path == self.path
        prefix = self.path.rstrip("/")
        return path == prefix or path.startswith(f"{prefix}/")

    @property
    def weight(self) -> tuple[bool, int]:
        return (self.exact, len(self.path))


@dataclass
class Site:
    """A host in the cluster that owns it: its paths in order of match, and the secret of its certificate."""

    cluster: str
    routes: list[Route] = field(default_factory=list)
    secret: Key | None = None

    def route(self, path: str) -> Route | None:
        return next((route for route in self.routes if route.matches(path)), None)


class Table:
    def __init__(self, clusters: Iterable[ClusterObjects] = ()) -> None:
        self.clusters = {cluster.name: cluster for cluster in clusters}
        self._sites: dict[str, Site] = {}
        everything = [(obj, cluster) for cluster in self.clusters.values() for obj in cluster.served()]
        for ingress, cluster in sorted(everything, key=lambda pair: (_age_order(pair[0])[0], pair[1].name)):
            self._add(ingress, cluster.name)
        for site in self._sites.values():
            site.routes.sort(key=lambda route: route.weight, reverse=True)  # stable: of equals, the oldest first

    def _add(self, ingress: Object, cluster: str) -> None:
        spec = ingress["spec"]
        for rule in spec.get("rules") or []:
            site = self._sites.setdefault(rule.get("host") or "", Site(cluster))
            if site.cluster == cluster:
                site.routes += _routes(ingress, rule, cluster)
        if spec.get("defaultBackend"):
            site = self._sites.setdefault("", Site(cluster))
            site.routes += _route(ingress, {"backend": spec["defaultBackend"]}, cluster)
        for tls in spec.get("tls") or []:
            self._add_certificate(ingress["metadata"].get("namespace", ""), tls, cluster)

    def _add_certificate(self, namespace: str, tls: Object, cluster: str) -> None:
        for host in tls.get("hosts") or []:
            site = self._sites.get(host)
            if site is not None and site.cluster == cluster and site.secret is None and tls.get("secretName"):
                site.secret = (namespace, tls["secretName"])

    def site(self, host: str) -> Site | None:
        """The site for a host: exact, else by wildcard, else the one for all hosts."""
        name = host.lower().rstrip(".")
        wildcard = f"*.{name.partition('.')[2]}"
        return self._sites.get(name) or self._sites.get(wildcard) or self._sites.get("")

    def certificate(self, host: str) -> Object | None:
        """The TLS secret for a host, if its Ingress names one and it is there."""
        site = self.site(host)
        if site is None or site.secret is None:
            return None
        secret = self.clusters[site.cluster].secrets.get(site.secret)
        return secret if secret is not None and secret.get("type") == TLS_TYPE else None

    def endpoints(self, route: Route) -> list[str]:
        """The ready addresses behind a route, as `address:port`; none when service or port do not exist."""
        cluster = self.clusters[route.cluster]
        service = cluster.services.get((route.namespace, route.service))
        port = _service_port(service, route.port) if service else None
        if port is None:
            return []
        slices = [
            obj
            for (namespace, _), obj in cluster.endpoint_slices.items()
            if namespace == route.namespace
            and (obj["metadata"].get("labels") or {}).get(SERVICE_LABEL) == route.service
        ]
        return [address for obj in slices for address in _ready(obj, port.get("name") or "")]


def _routes(ingress: Object, rule: Object, cluster: str) -> list[Route]:
    paths = (rule.get("http") or {}).get("paths") or []
    return [route for path in paths for route in _route(ingress, path, cluster)]


def _route(ingress: Object, path: Object, cluster: str) -> list[Route]:
    service = path["backend"].get("service")
    if service is None:
        return []
    port = service.get("port") or {}
    return [
        Route(
            cluster,
            ingress["metadata"].get("namespace", ""),
            ingress["metadata"]["name"],
            service["name"],
            port.get("name") or port.get("number") or 0,
            path.get("path") or "/",
            path.get("pathType") == "Exact",
            read_options(ingress["metadata"].get("annotations") or {}),
        )
    ]


def _service_port(service: Object, wanted: str | int) -> Object | None:
    field_name = "name" if isinstance(wanted, str) else "port"
    ports: list[Object] = service["spec"].get("ports") or []
    return next((port for port in ports if port.get(field_name) == wanted), None)


def _ready(endpoint_slice: Object, port_name: str) -> list[str]:
    ports: list[Any] = [
        port.get("port") for port in endpoint_slice.get("ports") or [] if (port.get("name") or "") == port_name
    ]
    return [
        f"{address}:{port}"
        for port in ports
        for endpoint in endpoint_slice.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready", True)
        for address in endpoint["addresses"]
    ]
