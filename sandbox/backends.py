"""Demo services on ports of their own, for a router that is told where they are."""

from collections.abc import Mapping

from sandbox.listening import Handler, Server
from sandbox.pages import Visit, service_page

HOST = "127.0.0.1"
CLUSTER_HEADER = "X-Sandbox-Cluster"


class Backends:
    """One port per `namespace/service`; each page names the service and what was asked."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._servers = {name: Server((HOST, port), _handler(name), lambda: None) for name, port in ports.items()}

    @property
    def addresses(self) -> dict[str, str]:
        return {name: f"{HOST}:{server.port}" for name, server in self._servers.items()}

    def __enter__(self) -> "Backends":
        for server in self._servers.values():
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.stop()


def _handler(name: str) -> type[Handler]:
    namespace, _, service = name.rpartition("/")

    class ServiceHandler(Handler):
        def respond(self, body: bytes) -> None:
            visit = Visit(
                self.headers.get(CLUSTER_HEADER, ""),
                namespace,
                service,
                self.headers.get("X-Forwarded-Proto", "http"),
                self.headers.get("X-Forwarded-Host", self.headers.get("Host", "")),
                self.path,
            )
            self.answer(200, {"Content-Type": "text/html; charset=utf-8"}, service_page(visit))

    return ServiceHandler
