"""What the policies look at. A selector gathers it; the policies themselves never ask the database or a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.exposures.policies.circumstances import Circumstances
from apps.exposures.policies.uses import HostUse, SharedHost
from apps.exposures.spec import ExposureSpec


@dataclass(frozen=True, slots=True)
class DefaultCertificate:
    """What was declared of the certificate that the controller serves where no Secret is named; no names: nothing.

    `fingerprint_sha256` is known where its PEM was declared too.
    """

    names: tuple[str, ...] = ()
    is_over: bool = False
    fingerprint_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """`classes` are the names of its IngressClasses; None when the cluster was never read.

    `controllers` maps each class to its `spec.controller`.
    """

    name: str
    environment: str
    wildcard_domain: str
    allows_self_service: bool
    default_ingress_class_name: str
    classes: frozenset[str] | None
    entry_addresses: frozenset[str] = frozenset()
    controllers: Mapping[str, str] = field(default_factory=dict)
    default_certificate: DefaultCertificate = field(default_factory=DefaultCertificate)


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """The ports that HTTP can go to, by name (where named) and by number; `is_elsewhere` where no pod of the namespace
    stands behind it but a name in somebody's DNS.
    """

    name: str
    port_names: frozenset[str]
    port_numbers: frozenset[int]
    ready_endpoints: int = 0
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The chosen Secret as judged for the host now. `reasons` are (code, message, hint) why it can not be used,
    `warnings` what may still hurt.
    """

    secret_name: str
    fingerprint_sha256: str
    reasons: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_tls(self) -> bool:
        return all(code != "not_tls_type" for code, _message, _hint in self.reasons)


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    name: str
    approver_group: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides whether `spec` may be exposed in `namespace` of `cluster` by `team`.

    `services` and `certificate` come from the last inventory; `services` is None when the cluster was never read.
    `wildcard_owners` maps the wildcard domain of every cluster to the cluster's name. `live_options` are those that
    run now; None when nothing does. `shared` is there where the host is another team's and the owner is asked for paths
    or granted them; `zone` is the owner's then.
    """

    spec: ExposureSpec
    cluster: ClusterFacts
    namespace: str
    team: str
    services: dict[str, ServiceFacts] | None
    certificate: CertificateFacts | None = None
    zone: ZoneFacts | None = None
    reserved_because: str | None = None
    wildcard_owners: dict[str, str] = field(default_factory=dict)
    uses: tuple[HostUse, ...] = ()
    exposure_id: str = ""
    live_options: Mapping[str, Any] | None = None
    around: Circumstances = field(default_factory=Circumstances)
    shared: SharedHost | None = None

    @property
    def ingress_class_name(self) -> str:
        """The class that will be used: the one asked for, or the cluster's default."""
        return self.spec.ingress_class_name or self.cluster.default_ingress_class_name

    @property
    def controller(self) -> str:
        """`spec.controller` of the class that will be used; empty when the class is not known."""
        return self.cluster.controllers.get(self.ingress_class_name, "")
