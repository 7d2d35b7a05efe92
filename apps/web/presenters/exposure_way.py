"""The way to an exposure, drawn: name → entry → ingress → service → endpoints, each hop from facts.

A hop is in order only when something was seen that says so; the first one that is not is where people should look.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.conditions import Condition
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure
from apps.exposures.spec import ExposureSpec
from apps.inventory.models import Service

Hop = dict[str, Any]
# Which hop a failed probe blames; the others are in order as far as anybody knows.
BLAME = {"NoAnswer": "entry", "NotRouted": "ingress", "OtherCertificate": "ingress", "ServiceFails": "endpoints"}


def way_to(exposure: Exposure, spec: ExposureSpec) -> list[Hop]:
    """The hops for the component `way`."""
    serving = exposure.condition(ConditionType.SERVING)
    blamed = BLAME.get(serving["reason"], "") if serving and serving["status"] == "False" else ""
    service = Service.objects.filter(
        cluster=exposure.cluster, namespace=exposure.namespace, name=spec.paths[0].service_name
    ).first()
    return [
        _name(exposure),
        _entry(exposure, spec, serving, blamed),
        _ingress(exposure, spec, blamed),
        _service(exposure, spec, service),
        _endpoints(service, serving, blamed),
    ]


def _name(exposure: Exposure) -> Hop:
    """What DNS said last about the host. Not having asked is no fault: who knows the entry may use the host before."""
    addresses = ", ".join(exposure.cluster.entry_addresses)
    target = _("must point to %(addresses)s") % {"addresses": addresses} if addresses else ""
    if exposure.deleted_at:
        return _hop("globe", _("Name"), "mute", _("no longer held"))
    resolves = exposure.condition(ConditionType.RESOLVES)
    if resolves is None or resolves["status"] == "Unknown":
        return _hop("globe", _("Name"), "mute", _("DNS not asked"), target)
    if resolves["status"] == "False":
        return _hop("globe", _("Name"), "bad", _("does not lead here"), target)
    return _hop("globe", _("Name"), "ok", _("leads to the entry"), addresses)


def _entry(exposure: Exposure, spec: ExposureSpec, serving: Condition | None, blamed: str) -> Hop:
    cluster = exposure.cluster
    port = cluster.https_port if spec.scheme == "https" else cluster.http_port
    place = _("%(cluster)s, port %(port)d") % {"cluster": cluster.name, "port": port}
    if exposure.live_revision_id is None or serving is None:
        return _hop("server", _("Entry"), "mute", place, _("not asked yet"))
    if serving["reason"] == "NoEntry":
        return _hop("server", _("Entry"), "mute", place, _("no address registered"))
    if blamed == "entry":
        return _hop("server", _("Entry"), "bad", place, _("does not answer"))
    return _hop("server", _("Entry"), "ok", place, _("answers"))


def _ingress(exposure: Exposure, spec: ExposureSpec, blamed: str) -> Hop:
    chosen = spec.ingress_class_name or exposure.cluster.default_ingress_class_name
    kind_of_class = _("class %(name)s") % {"name": chosen} if chosen else _("default class")
    admitted = exposure.condition(ConditionType.ADMITTED)
    if exposure.live_revision_id is None:
        return _hop("route", "Ingress", "mute", kind_of_class, _("not applied"))
    if exposure.drift == DriftKind.MISSING:
        return _hop("route", "Ingress", "bad", kind_of_class, _("gone from the cluster"))
    if exposure.drift == DriftKind.CHANGED:
        return _hop("route", "Ingress", "bad" if blamed == "ingress" else "wait", kind_of_class, _("changed outside"))
    if blamed == "ingress":
        return _hop("route", "Ingress", "bad", kind_of_class, exposure.object_name)
    if admitted is None or admitted["status"] != "True":
        return _hop("route", "Ingress", "wait", kind_of_class, _("not taken up yet"))
    return _hop("route", "Ingress", "ok", kind_of_class, exposure.object_name)


def _service(exposure: Exposure, spec: ExposureSpec, service: Service | None) -> Hop:
    first = spec.paths[0]
    place = f"{exposure.namespace} / {first.service_name}"
    if service is None:
        return _hop("box", _("Service"), "bad", place, _("not found"))
    port = next((port for port in service.ports if first.service_port in {port.get("name"), port["port"]}), None)
    if port is None:
        return _hop("box", _("Service"), "bad", place, _("has no port %(port)s") % {"port": first.service_port})
    name = port.get("name")
    return _hop("box", _("Service"), "ok", place, f"{name} → {port['port']}" if name else str(port["port"]))


def _endpoints(service: Service | None, serving: Condition | None, blamed: str) -> Hop:
    ready = service.ready_endpoints if service else 0
    count = ngettext("%(count)d ready", "%(count)d ready", ready) % {"count": ready}
    if not ready:
        return _hop("cable", _("Endpoints"), "bad", _("none ready"))
    if blamed == "endpoints":
        return _hop("cable", _("Endpoints"), "bad", count, _("answer with an error"))
    return _hop("cable", _("Endpoints"), "ok", count)


def _hop(icon: str, title: str, state: str, *lines: str) -> Hop:
    return {"icon": icon, "title": title, "state": state, "lines": [line for line in lines if line]}
