"""All parts of the test bed in one folder, each started when it is first asked for and stopped in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar

from testbed.backends import Backends
from testbed.certificates import CertificateAuthority
from testbed.control_plane import ControlPlane
from testbed.ingress_controller import IngressController
from testbed.postgres import Postgres
from testbed.redis import Redis
from testbed.workspace import workspace

# What the ingress controller's default certificate covers.
DEFAULT_NAMES = "*.by-default.example.com"


class Stoppable(Protocol):
    def stop(self) -> None: ...


Started = TypeVar("Started", bound=Stoppable)


class Testbed:
    """The parts of one run; ask for them in the thread that owns the run."""

    __test__ = False  # pytest takes the name for a test class

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack

    @cached_property
    def kube(self) -> ControlPlane:
        return self._keep(lambda: ControlPlane.start(self.folder / "kube"))

    @cached_property
    def traefik(self) -> IngressController:
        kubeconfig, default = self.kube.kubeconfig_path, CertificateAuthority("Test bed").issue([DEFAULT_NAMES])
        return self._keep(lambda: IngressController.start(self.folder, kubeconfig=kubeconfig, default=default))

    @cached_property
    def backends(self) -> Backends:
        return self._keep(lambda: Backends.start(self.folder))

    @cached_property
    def postgres(self) -> Postgres:
        return self._keep(lambda: Postgres.start(self.folder / "postgres"))

    @cached_property
    def redis(self) -> Redis:
        return self._keep(lambda: Redis.start(self.folder / "redis"))

    def _keep(self, start: Callable[[], Started]) -> Started:
        part = start()
        self._stack.callback(part.stop)
        return part


@contextmanager
def testbed() -> Iterator[Testbed]:
    """A test bed with nothing started yet."""
    with ExitStack() as stack:
        yield Testbed(stack.enter_context(workspace()), stack)


testbed.__test__ = False  # type: ignore[attr-defined] # the same for the function
