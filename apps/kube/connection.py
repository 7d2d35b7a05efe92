"""Tests a cluster step by step, so that whoever registers it learns which part fails and what to do about it.

Each step has its own message, hint and time; after a failure the rest is skipped. Nothing is written to the cluster.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say
from apps.kube.addresses import PinnedAddress, Resolver, check_address, resolve_host
from apps.kube.client import Access, ClusterClient, ServerVersion
from apps.kube.credentials import Credential, Endpoint
from apps.kube.errors import AddressRefused, ClusterError, Forbidden, Unreachable, Untrusted
from apps.kube.kinds import INGRESS_CLASS
from apps.kube.permissions import describe_missing, excess_rights, missing_access
from apps.kube.transport import ssl_context

StepStatus = Literal["passed", "failed", "warning", "skipped"]
STEP_NAMES = (
    "resolve",
    "connect",
    "tls",
    "authenticate",
    "version",
    "permissions",
    "ingress_classes",
    "gateway_api",
)
GATEWAY_API = "gateway.networking.k8s.io/v1"
OLDEST_VERSION = (1, 21)
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"

_HINTS = {
    "cluster_unresolvable": _n("Check the spelling; the portal's machines must be able to resolve the name."),
    "cluster_timeout": _n("Check firewalls on the way to the API server, and whether it is overloaded."),
    "cluster_unreachable": _n("Check address and port, and that the portal's machines may connect to it."),
    "cluster_broke_off": _n("Check that an API server listens there and that nothing in between cuts the connection."),
    "cluster_tls": _n("Check that the port is the API server's HTTPS port."),
    "cluster_untrusted": _n("Compare the authority and the name in the address with the API server's certificate."),
    "cluster_unauthorized": _n("The token is wrong, expired or revoked: make a new one with `kubectl create token`."),
    "cluster_forbidden": _n("Apply the RBAC manifest that the portal offers."),
    "cluster_redirects": _n("Enter the address that the redirect leads to, if it is the API server's."),
    "cluster_garbled": _n("This does not look like a Kubernetes API server: check the address."),
    "object_not_found": _n("This does not look like a Kubernetes API server: check the address and its path."),
    "cluster_busy": _n("The API server asks for a pause: try again in a minute."),
    "cluster_fault": _n("The API server has trouble of its own: look at its health, then try again."),
}


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One line of the test."""

    name: str
    status: StepStatus
    message: str
    hint: str
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class FoundIngressClass:
    """An ingress class of the cluster."""

    name: str
    controller: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The whole test; `reachable` means that the API server answered us, whatever we may do there."""

    steps: list[CheckStep]
    reachable: bool
    version: ServerVersion | None
    ingress_classes: list[FoundIngressClass]
    latency_ms: int | None


ConnectionSteps = Generator[CheckStep, None, ConnectionReport]


@dataclass(frozen=True, slots=True)
class _Verdict:
    message: str
    status: StepStatus = "passed"
    hint: str = ""


@dataclass(slots=True)
class _Check:
    endpoint: Endpoint
    credential: Credential
    namespaces: Sequence[str] | None
    allow_loopback: bool
    connect_timeout: float
    read_timeout: float
    resolver: Resolver
    steps: list[CheckStep] = field(default_factory=list)
    address: PinnedAddress | None = None
    client: ClusterClient | None = None
    version: ServerVersion | None = None
    ingress_classes: list[FoundIngressClass] = field(default_factory=list)

    def resolve_step(self) -> _Verdict:
        self.address = check_address(self.endpoint.url, allow_loopback=self.allow_loopback, resolve=self.resolver)
        return _Verdict(say(_n("%(host)s is %(address)s."), host=self.address.host, address=self.address.ip))

    def connect_step(self) -> _Verdict:
        with self._socket():
            return _Verdict(say(_n("Port %(port)d accepts connections."), port=self._pinned.port))

    def tls_step(self) -> _Verdict:
        context = ssl_context(self.endpoint, self.credential)
        name = self.endpoint.tls_server_name or self._pinned.host
        try:
            with self._socket() as plain, context.wrap_socket(plain, server_hostname=name) as secure:
                return _Verdict(
                    say(
                        _n("%(version)s, and the certificate authority vouches for %(name)s."),
                        version=secure.version(),
                        name=name,
                    )
                )
        except ssl.SSLCertVerificationError as error:
            raise Untrusted(
                say(_n("The cluster's certificate is not trusted: %(error)s."), error=error.verify_message)
            ) from error
        except OSError as error:
            raise Unreachable(_n("The TLS handshake with the cluster failed."), code="cluster_tls") from error

    def authenticate_step(self) -> _Verdict:
        address = self._pinned
        self.client = ClusterClient(
            self.endpoint,
            self.credential,
            allow_loopback=self.allow_loopback,
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            resolve=lambda *_: [address.ip],
        )
        # The version is public; only a review of our own rights needs a known caller.
        try:
            self.client.review_access(Access("list", "", "namespaces"))
        except Forbidden as error:
            raise Forbidden(
                _n("The cluster takes us for nobody in particular."), code="cluster_unauthorized"
            ) from error
        return _Verdict(say(_n("The %(form)s is accepted."), form=self.credential.form))

    def version_step(self) -> _Verdict:
        self.version = self._known.version()
        message = say(_n("Kubernetes %(version)s."), version=self.version.git_version)
        numbers = tuple(
            int(found.group()) for part in (self.version.major, self.version.minor) if (found := _digits(part))
        )
        if numbers < OLDEST_VERSION:
            return _Verdict(
                message, "warning", _n("The portal is made for Kubernetes 1.21 and later: upgrade the cluster.")
            )
        return _Verdict(message)

    def permissions_step(self) -> _Verdict:
        missing = missing_access(self._known, self.namespaces)
        if missing:
            hint = _n("Apply the RBAC manifest that the portal offers, to the account that the credential belongs to.")
            return _Verdict(say(_n("Missing: %(rights)s."), rights=describe_missing(missing)), "failed", hint)
        excess = excess_rights(self._known.rules(self.namespaces[0] if self.namespaces else "default"))
        if excess:
            hint = _n("Use an account of its own with the RBAC manifest that the portal offers.")
            return _Verdict(
                say(_n("Far more than needed; it may also %(rights)s."), rights=", ".join(excess)), "warning", hint
            )
        return _Verdict(_n("All that is needed, and not much more."))

    def ingress_classes_step(self) -> _Verdict:
        self.ingress_classes = sorted(
            (_ingress_class(item) for item in self._known.list(INGRESS_CLASS).items), key=lambda found: found.name
        )
        if not self.ingress_classes:
            hint = _n("Install an ingress controller with an IngressClass; without one nothing serves the exposures.")
            return _Verdict(_n("There is no ingress class."), "warning", hint)
        return _Verdict(", ".join(f"{one.name} ({one.controller})" for one in self.ingress_classes) + ".")

    def gateway_api_step(self) -> _Verdict:
        if "httproutes" in self._known.serves(GATEWAY_API):
            return _Verdict(say(_n("%(version)s is served."), version=GATEWAY_API))
        return _Verdict(_n("The Gateway API is not installed; Ingress is used."), "skipped")

    @property
    def _pinned(self) -> PinnedAddress:
        if self.address is None:
            raise Unreachable(_n("The address is not known."))
        return self.address

    @property
    def _known(self) -> ClusterClient:
        if self.client is None:
            raise Unreachable(_n("There is no connection."))
        return self.client

    def _socket(self) -> socket.socket:
        try:
            return socket.create_connection((self._pinned.ip, self._pinned.port), timeout=self.connect_timeout)
        except TimeoutError as error:
            raise Unreachable(_n("The connection was not accepted in time."), code="cluster_timeout") from error
        except OSError as error:
            raise Unreachable(_n("The connection is refused or there is no way to the address.")) from error


def check_connection(
    endpoint: Endpoint,
    credential: Credential,
    *,
    namespaces: Sequence[str] | None = None,
    allow_loopback: bool = False,
    connect_timeout: float = 2.0,
    read_timeout: float = 10.0,
    resolve: Resolver = resolve_host,
) -> ConnectionReport:
    """Every step of the test; with `namespaces`, rights are only asked for there. Raises nothing of the cluster's."""
    check = _Check(endpoint, credential, namespaces, allow_loopback, connect_timeout, read_timeout, resolve)
    return finished(_steps_of(check))


def connection_steps(endpoint: Endpoint, credential: Credential, *, allow_loopback: bool = False) -> ConnectionSteps:
    """The same test for whoever looks on: each step as soon as it is done, the report as the generator's value."""
    return _steps_of(_Check(endpoint, credential, None, allow_loopback, 2.0, 10.0, resolve_host))


def finished(steps: ConnectionSteps) -> ConnectionReport:
    """What the test found in the end; runs whatever is left of it."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        report: ConnectionReport = end.value
        return report


def _steps_of(check: _Check) -> ConnectionSteps:
    try:
        for name in STEP_NAMES:
            check.steps.append(_run(name, getattr(check, f"{name}_step"), check.steps))
            yield check.steps[-1]
    finally:
        if check.client is not None:
            check.client.close()
    latency = next((step.elapsed_ms for step in check.steps if step.name == "version"), None)
    reachable = check.version is not None
    return ConnectionReport(
        check.steps, reachable, check.version, check.ingress_classes, latency if reachable else None
    )


def _run(name: str, step: Callable[[], _Verdict], before: list[CheckStep]) -> CheckStep:
    if any(done.status == "failed" for done in before):
        return CheckStep(name, "skipped", _n("Not tried, because an earlier step failed."), "", 0)
    started = time.perf_counter()
    try:
        verdict = step()
    except ClusterError as error:
        verdict = _Verdict(error.message, "failed", _hint(error))
    elapsed = round((time.perf_counter() - started) * 1000)
    return CheckStep(name, verdict.status, verdict.message, verdict.hint, elapsed)


def _hint(error: ClusterError) -> str:
    if isinstance(error, AddressRefused):
        return error.errors[0].hint
    return _HINTS.get(error.code, _n("Look at the API server's own log for the reason."))


def _digits(text: str) -> re.Match[str] | None:
    return re.match(r"\d{1,4}", text)


def _ingress_class(item: dict[str, Any]) -> FoundIngressClass:
    metadata, spec = (part if isinstance(part, dict) else {} for part in (item.get("metadata"), item.get("spec")))
    annotations = metadata.get("annotations") or {}
    is_default = isinstance(annotations, dict) and annotations.get(_DEFAULT_CLASS) == "true"
    return FoundIngressClass(str(metadata.get("name", "")), str(spec.get("controller", "")), is_default)
