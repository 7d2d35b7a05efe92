"""One router for all sandbox clusters: ingress controller towards their APIs, HTTP and HTTPS entry towards the
browser.

It follows the clusters as any controller does, publishes its address in each served Ingress's status, and answers
by host and path. The pods of the demo do not exist: a service with ready endpoints is answered by `backends`
(`[cluster/]namespace/service` → address), else by a page of the router that names the service.
"""

import contextlib
import http.client
import ipaddress
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.backends import CLUSTER_HEADER
from sandbox.listening import Handler, Server
from sandbox.options import overlaid
from sandbox.pages import Visit, error_page, service_page
from sandbox.reflector import ClusterAccess, ClusterView
from sandbox.router_tls import Certificates
from sandbox.routing import Route, Table
from sandbox.schema import Object

HOST = "127.0.0.1"
HTML = {"Content-Type": "text/html; charset=utf-8"}
BACKEND_TIMEOUT = 30.0
STATUS_RETRY = 0.5
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}

# What the router's own credential must allow, in the sandbox's terms.
ROUTER_RULES: list[dict[str, Any]] = [
    {"apiGroups": [""], "resources": ["services", "secrets"], "verbs": ["list", "watch"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses", "ingressclasses"], "verbs": ["list", "watch"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses/status"], "verbs": ["patch"]},
]


class Router:
    def __init__(
        self,
        clusters: Iterable[ClusterAccess],
        http_port: int = 0,
        https_port: int = 0,
        backends: Mapping[str, str] | None = None,
        address: str = HOST,
    ) -> None:
        self.table = Table()
        self._points = [_point(address)]
        self._backends = dict(backends or {})
        self._dirty = threading.Event()
        self._stopped = threading.Event()
        self._views = [ClusterView(cluster, self._dirty.set) for cluster in clusters]
        certificates = Certificates(self._secret)
        self._http = Server((HOST, http_port), _handler(self, "http"), lambda: None)
        self._https = Server((HOST, https_port), _handler(self, "https"), lambda: certificates.context)
        self._controller = threading.Thread(target=self._control, daemon=True)

    def _secret(self, host: str) -> Object | None:
        return self.table.certificate(host)

    @property
    def http_port(self) -> int:
        return self._http.port

    @property
    def https_port(self) -> int:
        return self._https.port

    def start(self) -> "Router":
        for view in self._views:
            view.start()
        self._controller.start()
        self._http.start()
        self._https.start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._dirty.set()
        self._http.stop()
        self._https.stop()
        for view in self._views:
            view.stop()
        self._controller.join()

    def __enter__(self) -> "Router":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, seconds: float = 10.0) -> bool:
        """Whether every cluster was read within the time."""
        return all(view.wait(seconds) for view in self._views)

    def _control(self) -> None:
        """Routes first, then the status: who sees an address can use it."""
        while not self._stopped.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self.table = Table(view.objects() for view in self._views)
            if not self._publish_addresses():
                self._stopped.wait(STATUS_RETRY)
                self._dirty.set()

    def _publish_addresses(self) -> bool:
        complete = True
        for view in self._views:
            for ingress in self.table.clusters[view.cluster.name].served():
                current = ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
                if self._stopped.is_set() or current == self._points:
                    continue
                known = view.objects().ingresses
                if (ingress["metadata"]["namespace"], ingress["metadata"]["name"]) in known:
                    complete = view.write_address(ingress, self._points) and complete
        return complete

    def backend(self, route: Route) -> str | None:
        name = f"{route.namespace}/{route.service}"
        return self._backends.get(f"{route.cluster}/{name}") or self._backends.get(name)


def _point(address: str) -> dict[str, str]:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return {"hostname": address}
    return {"ip": address}


# The same bytes for every host, like the default backend of real controllers: a 404 of a service can be told from it.
NOT_FOUND = error_page(404, "No exposure answers for this host and path.")


class _Entry(Handler):
    router: Router
    scheme: str

    @property
    def port(self) -> int:
        return self.router.https_port if self.scheme == "https" else self.router.http_port

    def respond(self, body: bytes) -> None:
        stated = self.headers.get("Host", "")
        host = stated.rpartition(":")[0] if stated.rpartition(":")[2].isdecimal() else stated
        path = self.path.partition("?")[0]
        table = self.router.table
        site = table.site(host)
        route = site.route(path) if site else None
        if route is None:
            self.answer(404, HTML, NOT_FOUND)
        elif self._is_answered_by_options(route, host, body):
            return
        elif not table.endpoints(route):
            self._fail(503, f"The service {route.service} has no ready endpoint.", host)
        elif backend := self.router.backend(route):
            self._forward(route, backend, host, body)
        else:
            seen = route.options.rewritten(self.path, route.path)
            visit = Visit(route.cluster, route.namespace, route.service, self.scheme, host, seen)
            self.answer(200, overlaid(HTML, route.options.response_headers), service_page(visit))

    def _is_answered_by_options(self, route: Route, host: str, body: bytes) -> bool:
        """Whether the options of the Ingress answer before its service does."""
        options = route.options
        if not options.lets_in(str(self.client_address[0])):
            self._fail(403, "Your network is not on the list of this host.", host)
        elif not options.takes(body):
            self._fail(413, "The request is larger than this host takes.", host)
        elif options.redirect_to_https and self.scheme == "http":
            self.answer(308, {"Location": f"https://{host}:{self.router.https_port}{self.path}"}, b"")
        else:
            return False
        return True

    def _fail(self, code: int, lead: str, host: str) -> None:
        self.answer(code, HTML, error_page(code, lead, host, self.path))

    def _forward(self, route: Route, backend: str, host: str, body: bytes) -> None:
        address, _, port = backend.rpartition(":")
        connection = http.client.HTTPConnection(address, int(port), timeout=BACKEND_TIMEOUT)
        with contextlib.closing(connection):
            try:
                path = route.options.rewritten(self.path, route.path)
                connection.request(self.command, path, body=body or None, headers=self._forwarded(route, host))
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException):
                self._fail(502, f"The service {route.service} does not answer.", host)
                return
        headers = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
        self.answer(response.status, overlaid(headers, route.options.response_headers), answer)

    def _forwarded(self, route: Route, host: str) -> dict[str, str]:
        visitor = str(self.client_address[0])
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        before = self.headers.get("X-Forwarded-For")
        added = {
            "X-Forwarded-For": f"{before}, {visitor}" if before else visitor,
            "X-Forwarded-Host": self.headers.get("Host", host),
            "X-Forwarded-Proto": self.scheme,
            "X-Forwarded-Port": str(self.port),
            "X-Real-IP": visitor,
            CLUSTER_HEADER: route.cluster,
        }
        return overlaid(kept | added, route.options.request_headers)


def _handler(router: Router, scheme: str) -> type[_Entry]:
    return type("RouterEntry", (_Entry,), {"router": router, "scheme": scheme})
