"""What the exposure form offers for a draft: clusters, namespaces, services, ports, certificates, classes.

Each choice follows from the one before it. Where there is only one, it is made; where a choice made before is not
offered in its new surroundings, it is kept and marked, never dropped in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.selectors import list_grants_for
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.domains.hosts import InvalidHost, normalise_host
from apps.exposures.models import Exposure
from apps.exposures.options import CATALOGUE, find_controller
from apps.inventory.models import Collection, Service
from apps.inventory.selectors import (
    list_ingress_classes,
    list_namespaces_for,
    list_services,
)
from apps.web.forms.exposures import Choices, Draft
from apps.web.presenters.certificate_picker import Asked, CertificateRow, Picker, picker_for


@dataclass(frozen=True, slots=True)
class ClusterCard:
    cluster: Cluster
    observed_at: datetime | None
    input_id: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service to pick: `note` has its type and ports, `ready` how many endpoints answer."""

    name: str
    note: str
    ready: str
    ready_kind: str
    input_id: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """`draft` is the stated one with the choices made that are the only ones."""

    draft: Draft
    cards: list[ClusterCard] = field(default_factory=list)
    cluster: Cluster | None = None
    namespaces: list[str] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    picker: Picker | None = None
    classes: list[tuple[str, bool]] = field(default_factory=list)
    controllers: dict[str, str] = field(default_factory=dict)
    exposure: Exposure | None = None

    @property
    def is_nowhere(self) -> bool:
        """Whether there is nothing to fill in yet: no cluster to choose, and nothing that somebody typed before."""
        return not self.cards and not (self.stated_host or self.draft.reason)

    @property
    def certificates(self) -> list[CertificateRow]:
        return self.picker.rows if self.picker else []

    @property
    def rejected(self) -> list[CertificateRow]:
        return self.picker.rejected if self.picker else []

    @property
    def wildcard_domain(self) -> str:
        """The suffix under which names are given without asking; empty where there is none."""
        return self.cluster.wildcard_domain if self.cluster else ""

    @property
    def is_quick(self) -> bool:
        """Whether names under the wildcard domain go live without a human (E4)."""
        return self.cluster is not None and self.cluster.allows_self_service and bool(self.wildcard_domain)

    @property
    def suffix(self) -> str:
        return f".{self.wildcard_domain}"

    @property
    def stated_host(self) -> str:
        if self.exposure is not None:
            return self.exposure.host
        return self.draft.stated_host(self.wildcard_domain)

    @property
    def service(self) -> Service | None:
        return next((service for service in self.services if service.name == self.draft.service), None)

    @property
    def service_rows(self) -> list[ServiceRow]:
        """What was stated and is not there (any more) stands at the end, so that it is not lost in silence."""
        rows = [_service_row(number, service, self.draft.service) for number, service in enumerate(self.services)]
        if not self.draft.service or self.service is not None:
            return rows
        return [*rows, ServiceRow(self.draft.service, _("not found"), "", "wait", f"id_service_{len(rows)}", True)]

    @property
    def card(self) -> ClusterCard | None:
        return next((card for card in self.cards if card.cluster == self.cluster), None)

    @property
    def option_names(self) -> list[str]:
        """Those that the controller of the chosen class supports, and those that are stated all the same."""
        default = self.cluster.default_ingress_class_name if self.cluster else ""
        marked = next((name for name, is_default in self.classes if is_default), "")
        controller = find_controller(self.controllers.get(self.draft.ingress_class or default or marked, ""))
        supported = controller.table if controller else {}
        return [name for name in CATALOGUE if name in supported or self.draft.options.get(name)]

    def choices(self) -> dict[str, Choices]:
        default = self.cluster.default_ingress_class_name if self.cluster else ""
        unset = _("The cluster’s default (%(name)s)") % {"name": default} if default else _("The cluster’s default")
        return {
            "cluster": [(card.cluster.name, card.cluster.name) for card in self.cards],
            "namespace": [("", _("Choose…")), *((name, name) for name in self.namespaces)],
            "service": [(service.name, service.name) for service in self.services],
            "port": ports_of(self.service),
            "host_kind": [("wildcard", f"*.{self.wildcard_domain}"), ("custom", _("Another name"))],
            "scheme": [("http", "HTTP"), ("https", "HTTPS")],
            "secret": [(row.value, row.title) for row in self.certificates],
            "ingress_class": [("", unset), *((name, name) for name, _default in self.classes)],
            "backend": [("", _("As above")), *_backends(self.services)],
        }


def offer_for(user: User, draft: Draft, exposure: Exposure | None = None, *, final: bool = False) -> Offer:
    """What `user` may choose from; for `exposure`, cluster and namespace are fixed.

    A `final` draft is about to be sent: a port that the service does not have stays, to be refused by its name.
    """
    if exposure is not None:
        card = cluster_cards([exposure.cluster])
        offer = Offer(draft, card, exposure.cluster, [exposure.namespace], exposure=exposure)
    else:
        offer = _choose_place(user, draft)
    if offer.cluster is None or not offer.draft.namespace:
        return replace(offer, draft=_settle_name(offer))
    cluster = offer.cluster
    offer = replace(offer, services=list(list_services(cluster, offer.draft.namespace)))
    offer = replace(offer, draft=_settle_backend(offer, final=final))
    return _with_certificates(user, replace(offer, draft=_settle_name(offer)), cluster)


def cluster_cards(clusters: list[Cluster], chosen: str = "") -> list[ClusterCard]:
    fresh = Collection.objects.filter(cluster__in=clusters, kind="Service").values_list("cluster_id", "observed_at")
    seen = dict(fresh)
    return [
        ClusterCard(cluster, seen.get(cluster.pk), f"id_cluster_{number}", cluster.name == chosen)
        for number, cluster in enumerate(clusters)
    ]


def ports_of(service: Service | None) -> Choices:
    """By name where the port has one, because names survive renumbering."""
    ports = service.ports if service else []
    return [(str(port.get("name") or port["port"]), _port_label(port)) for port in ports]


def _choose_place(user: User, draft: Draft) -> Offer:
    clusters = list(list_clusters_for(user))
    draft = replace(draft, cluster=_only(draft.cluster, [cluster.name for cluster in clusters]))
    cards = cluster_cards(clusters, draft.cluster)
    cluster = next((card.cluster for card in cards if card.cluster.name == draft.cluster), None)
    if cluster is None:
        return Offer(replace(draft, cluster=""), cards)
    namespaces = _namespaces(user, cluster)
    kept = draft.namespace if draft.namespace in namespaces else ""
    return Offer(replace(draft, namespace=_only(kept, namespaces)), cards, cluster, namespaces)


def _namespaces(user: User, cluster: Cluster) -> list[str]:
    """Those that were seen, or the granted ones of a cluster that has never been read."""
    seen = [namespace.name for namespace in list_namespaces_for(user, cluster)]
    return seen or [grant.namespace for grant in list_grants_for(user).filter(cluster_name=cluster.name)]


def _settle_backend(offer: Offer, *, final: bool) -> Draft:
    draft = replace(offer.draft, service=_only(offer.draft.service, [service.name for service in offer.services]))
    service = replace(offer, draft=draft).service
    if service is None or (final and draft.port):
        return draft
    return replace(draft, port=_port_of(service, draft.port))


def _port_of(service: Service, stated: str) -> str:
    """The stated port as it is offered, by name where it has one; the first of the service where it has no such."""
    offered = [value for value, _label in ports_of(service)]
    by_number = {str(port["port"]): value for port, value in zip(service.ports, offered, strict=True)}
    return stated if stated in offered else by_number.get(stated) or next(iter(offered), "")


def _settle_name(offer: Offer) -> Draft:
    """Names under the wildcard domain are the quick way, so they are the default where the cluster has them."""
    draft = offer.draft
    kind = draft.host_kind if draft.host_kind in {"wildcard", "custom"} else ("custom" if draft.host else "wildcard")
    scheme = draft.scheme if draft.scheme in {"http", "https"} else "http"
    return replace(draft, host_kind=kind if offer.is_quick else "custom", scheme=scheme)


def _with_certificates(user: User, offer: Offer, cluster: Cluster) -> Offer:
    """The best one is chosen until somebody chooses; Secrets of other types are named on request (`others`)."""
    draft = offer.draft
    chosen = draft.secret if draft.secret != draft.preselected else ""
    asked = Asked(
        cluster,
        draft.namespace,
        host=_canonical(offer.stated_host),
        chosen=chosen,
        search=draft.find,
        others=bool(draft.others),
    )
    picker = picker_for(user, asked)
    if not chosen:
        draft = replace(draft, secret=picker.best, preselected=picker.best)
    classes = list(list_ingress_classes(cluster))
    return replace(
        offer,
        draft=draft,
        picker=picker,
        classes=[(entry.name, entry.is_default) for entry in classes],
        controllers={entry.name: entry.controller for entry in classes},
    )


def _canonical(host: str) -> str:
    try:
        return normalise_host(host)
    except InvalidHost:
        return ""


def _only(stated: str, offered: list[str]) -> str:
    return offered[0] if not stated and len(offered) == 1 else stated


def _service_row(number: int, service: Service, chosen: str) -> ServiceRow:
    ports = ", ".join(_port_label(port) for port in service.ports)
    count = service.ready_endpoints
    return ServiceRow(
        name=service.name,
        note=" · ".join(filter(None, [service.type, ports])),
        ready=ngettext("%(count)d ready", "%(count)d ready", count) % {"count": count},
        ready_kind="ok" if count else "wait",
        input_id=f"id_service_{number}",
        is_chosen=service.name == chosen,
    )


def _port_label(port: dict[str, Any]) -> str:
    number = f"{port['port']}/{port.get('protocol') or 'TCP'}"
    return f"{port['name']} {number}" if port.get("name") else number


def _backends(services: list[Service]) -> Choices:
    return [
        (f"{service.name}:{value}", f"{service.name} : {value}")
        for service in services
        for value, _label in ports_of(service)
    ]
