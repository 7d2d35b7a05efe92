"""Reads of exposures on behalf of someone, and the gathering of facts for the policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.common.errors import NotFound
from apps.domains.selectors import reservation_of, zone_for
from apps.exposures.host_uses import host_uses
from apps.exposures.models import Exposure, Revision
from apps.exposures.policies import (
    Asker,
    CertificateFacts,
    ClusterFacts,
    DefaultCertificate,
    Facts,
    ServiceFacts,
    ZoneFacts,
)
from apps.exposures.shared_hosts import shared_host
from apps.exposures.spec import ExposureSpec
from apps.exposures.surroundings import Clockwork, Readings, circumstances_of, readings_of, was_read
from apps.inventory.models import IngressClass, Service
from apps.inventory.selectors import judged_certificate

EXTERNAL_NAME = "ExternalName"


def list_exposures_for(user: User) -> QuerySet[Exposure]:
    """Active exposures of the person's teams; of all teams for those who see everything."""
    exposures = Exposure.objects.active().with_relations()
    return exposures if user.sees_everything else exposures.filter(team__memberships__user=user)


def get_exposure_for(user: User, exposure_id: str) -> Exposure:
    """Deleted exposures stay readable by their id, so that links in requests keep working."""
    exposures = Exposure.objects.with_relations().filter(pk=exposure_id)
    if not user.sees_everything:
        exposures = exposures.filter(team__memberships__user=user)
    exposure = exposures.first()
    if exposure is None:
        raise NotFound(code="exposure_not_found")
    return exposure


def find_exposure_for(user: User, cluster: Cluster, namespace: str, host: str) -> Exposure | None:
    return list_exposures_for(user).filter(cluster=cluster, namespace=namespace, host=host).first()


def list_revisions(exposure: Exposure) -> QuerySet[Revision]:
    return exposure.revisions.select_related("author", "base_revision").order_by("-number")


def get_revision(exposure: Exposure, revision_id: str) -> Revision:
    revision = exposure.revisions.filter(pk=revision_id).first()
    if revision is None:
        raise NotFound(code="revision_not_found")
    return revision


def gather_facts(
    *,
    cluster: Cluster,
    namespace: str,
    team: Team,
    spec: ExposureSpec,
    exposure: Exposure | None = None,
    ask_owner: bool = False,
    asker: Asker | None = None,
) -> Facts:
    """Everything the policies look at, from the last inventory and the portal's own rows. A fixed number of queries.

    `ask_owner`: where the host is another team's, its owner is asked for the paths in this change, or just agreed.
    `asker` is the person whose permission is looked at; none where nobody is asking.
    """
    clock = Clockwork()
    with clock.timed("host"):
        uses = tuple(host_uses(spec.host, at=cluster))
        shared, owner = shared_host(uses, spec.host, team, exposure, asks=ask_owner)
    with clock.timed("zone"):
        zone = zone_for(spec.host, owner or team)
        reserved_because, owners = reservation_of(spec.host), wildcard_owners()
    readings = readings_of(cluster)
    with clock.timed("class"):
        described = cluster_facts(cluster, readings)
    with clock.timed("service"):
        services = _service_facts(cluster, namespace, spec) if was_read(readings, "Service") else None
    with clock.timed("certificate"):
        certificate = _certificate_facts(cluster, namespace, spec)
    facts = Facts(
        spec=spec,
        cluster=described,
        namespace=namespace,
        team=team.name,
        services=services,
        certificate=certificate,
        zone=ZoneFacts(zone.name, zone.approver_group.name) if zone else None,
        reserved_because=reserved_because,
        wildcard_owners=owners,
        uses=uses,
        exposure_id=exposure.pk if exposure else "",
        live_options=_live_options(exposure),
        shared=shared,
    )
    around = circumstances_of(
        cluster=cluster, team=team, facts=facts, exposure=exposure, readings=readings, clock=clock
    )
    return replace(facts, around=replace(around, asker=asker))


def _live_options(exposure: Exposure | None) -> Mapping[str, Any] | None:
    live = exposure.live_revision if exposure else None
    return ExposureSpec.from_json(live.spec).options if live else None


def cluster_facts(cluster: Cluster, readings: Readings | None = None) -> ClusterFacts:
    known = was_read(readings_of(cluster) if readings is None else readings, "IngressClass")
    classes = list(IngressClass.objects.filter(cluster=cluster)) if known else []
    default = cluster.default_ingress_class_name or next((one.name for one in classes if one.is_default), "")
    return ClusterFacts(
        name=cluster.name,
        environment=cluster.environment,
        wildcard_domain=cluster.wildcard_domain,
        allows_self_service=cluster.allows_self_service,
        default_ingress_class_name=default,
        classes=frozenset(one.name for one in classes) if known else None,
        entry_addresses=frozenset(cluster.entry_addresses),
        controllers={one.name: one.controller for one in classes},
        default_certificate=_default_certificate(cluster),
    )


def _default_certificate(cluster: Cluster) -> DefaultCertificate:
    ends = cluster.default_certificate_ends
    return DefaultCertificate(
        names=tuple(cluster.default_certificate_names),
        is_over=ends is not None and ends < timezone.now(),
        fingerprint_sha256=cluster.default_certificate.get("fingerprint_sha256", ""),
    )


def wildcard_owners() -> dict[str, str]:
    """Wildcard domain → name of its cluster, over all clusters in service."""
    return dict(Cluster.objects.active().exclude(wildcard_domain="").values_list("wildcard_domain", "name"))


def _service_facts(cluster: Cluster, namespace: str, spec: ExposureSpec) -> dict[str, ServiceFacts]:
    names = {path.service_name for path in spec.paths}
    rows = Service.objects.filter(cluster=cluster, namespace=namespace, name__in=names)
    return {row.name: _service(row) for row in rows}


def _service(row: Service) -> ServiceFacts:
    return service_facts(row.name, row.type, row.ports, row.ready_endpoints)


def service_facts(name: str, kind: str, ports: Iterable[Mapping[str, Any]], ready_endpoints: int) -> ServiceFacts:
    """Of a row or of the Service itself: an Ingress speaks TCP, so only such ports count."""
    usable = [port for port in ports if port.get("protocol") in {None, "", "TCP"}]
    return ServiceFacts(
        name=name,
        port_names=frozenset(port["name"] for port in usable if port.get("name")),
        port_numbers=frozenset(port["port"] for port in usable if "port" in port),
        ready_endpoints=ready_endpoints,
        is_elsewhere=kind == EXTERNAL_NAME,
    )


def _certificate_facts(cluster: Cluster, namespace: str, spec: ExposureSpec) -> CertificateFacts | None:
    if spec.tls_secret_name is None:
        return None
    # In the language of the msgids, so that what is kept can be said in any.
    with translation.override("en"):
        judged = judged_certificate(cluster, namespace, spec.tls_secret_name, spec.host)
    if judged is None:
        return None
    return CertificateFacts(
        secret_name=judged["secret_name"],
        fingerprint_sha256=judged["fingerprint_sha256"],
        reasons=tuple((reason["code"], reason["message"], reason["hint"]) for reason in judged["reasons"]),
        warnings=tuple((warning["code"], warning["message"], warning["hint"]) for warning in judged["warnings"]),
    )
