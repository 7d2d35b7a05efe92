"""The way of one push: gate → plan → apply → read back → taken up → serving; and the way of a deletion.

Each step reads what is there first, so repeating any of them after a crash changes nothing (D2). What controller and
entry say ends up in the exposure's conditions; a host that does not answer yet is not a failed delivery.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext_noop as _n

from apps.clusters.services.clients import client_for
from apps.common.said import say, stored
from apps.delivery.enums import DeliveryState
from apps.delivery.errors import NotOurs, ReadBackDiffers, StillThere
from apps.delivery.gate import check_intact, find_change_of_certificate, look_through_gate
from apps.delivery.models import Delivery
from apps.delivery.services.journal import Journal
from apps.delivery.services.verify import Serving, check_serving, note_on_exposure, note_serving
from apps.exposures.enums import ConditionType
from apps.exposures.models import Exposure
from apps.exposures.services import AS_APPLIED
from apps.inventory.services import observe_ingress
from apps.kube.client import ClusterClient
from apps.kube.errors import ApplyConflict, ObjectConflict, ObjectNotFound
from apps.kube.kinds import INGRESS
from apps.kube.manifests import FIELD_MANAGER, stamp
from apps.kube.plan import Create, Delete, Plan, Refuse, Unchanged, Update, differences, last_writer, make_plan

DELETION_SECONDS = 10.0
T = TypeVar("T")
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.5)


class Superseded(Exception):
    """A newer revision has taken this one's place while it waited."""


class ApplyWay:
    """From the approved bytes to a verified live object."""

    def __init__(self, delivery: Delivery, journal: Journal) -> None:
        self.delivery = delivery
        self.exposure = delivery.exposure
        self.journal = journal
        self.client = client_for(delivery.cluster)
        self.desired = stamp(
            json.loads(delivery.revision.rendered),
            content_hash=delivery.revision.content_hash,
            revision=delivery.revision.pk,
        )

    def walk(self) -> None:
        with self.journal.step("gate") as entry:
            check_wanted(self.delivery)
            check_intact(self.delivery)
            gate = look_through_gate(self.delivery, self.client)
            entry["checks"] = gate.as_stored()
            gate.raise_if_closed()
        with self.journal.step("plan") as entry:
            plan = make_plan(self.desired, _read(self.client, self.exposure), exposure_id=self.exposure.pk)
            refuse_foreign(plan)
            entry.update(stored(_plan_sentence(plan)))
        with self.journal.step("apply", writes=True):
            self._apply(plan)
        with self.journal.step("read_back", state=DeliveryState.APPLIED):
            live = self._read_back()
        self._verify(live)

    def _apply(self, plan: Plan) -> None:
        if isinstance(plan, Unchanged):
            return
        try:
            self._take_out_what_others_added(plan)
            self.client.apply(self.desired, field_manager=FIELD_MANAGER, force=self.delivery.overwrite)
        except ObjectNotFound as error:
            message = say(_n("Namespace %(namespace)s does not exist any more."), namespace=self.exposure.namespace)
            raise NotOurs(message, code="namespace_gone") from error

    def _take_out_what_others_added(self, plan: Plan) -> None:
        """Only when somebody looked at it and said so; else it stops the delivery before anything is written (D6)."""
        if not isinstance(plan, Update) or not plan.added:
            return
        if not self.delivery.overwrite:
            message = say(_n("%(field)s was added by somebody else."), field=plan.added[0])
            raise ApplyConflict(message, managers=[], fields_in_conflict=[*plan.added])
        exposure = self.exposure
        self.client.merge(INGRESS, exposure.namespace, exposure.object_name, plan.removal, field_manager=FIELD_MANAGER)

    def _read_back(self) -> dict[str, Any]:
        live = self.client.get(INGRESS, self.exposure.namespace, self.exposure.object_name)
        found = differences(self.desired, live)
        if found:
            writer = last_writer(live)
            message = say(
                _n("%(field)s is not as applied; last changed by %(manager)s."),
                field=found[0].path,
                manager=writer.manager if writer else "?",
            )
            raise ReadBackDiffers(message)
        return live

    def _verify(self, live: dict[str, Any]) -> None:
        message = say(_n("Applied to %(cluster)s, read back and equal."), cluster=self.delivery.cluster.name)
        note_on_exposure(self.exposure.pk, ConditionType.APPLIED, "True", "Applied", message)
        note_on_exposure(self.exposure.pk, ConditionType.IN_SYNC, "True", AS_APPLIED, message)
        observe_ingress(
            cluster=self.delivery.cluster,
            manifest=live,
            namespace=self.exposure.namespace,
            name=self.exposure.object_name,
        )
        with self.journal.step("admitted", state=DeliveryState.VERIFYING) as entry:
            addresses = self._wait_for_addresses(live)
            entry["status"] = "passed" if addresses else "warning"
            entry.update(stored(note_admission(self.exposure.pk, addresses)))
        with self.journal.step("serving") as entry:
            serving = check_serving(self.delivery.exposure, self.delivery.revision)
            if changed := find_change_of_certificate(self.delivery, self.client):
                # The entry may serve what it read before; the next visitor gets what is there now.
                serving = Serving(False, "OtherCertificate", changed)
                note_serving(self.exposure.pk, serving)
            entry["status"] = "passed" if serving.is_serving else "warning"
            entry.update(stored(serving.message))

    def _wait_for_addresses(self, live: dict[str, Any]) -> list[str]:
        def addresses() -> list[str]:
            return addresses_of(self.client.get(INGRESS, self.exposure.namespace, self.exposure.object_name))

        return addresses_of(live) or wait_for(addresses, settings.PORTICO_ADMISSION_SECONDS) or []


class DeleteWay:
    """From a live object to none; only the very object that was seen, only if it is ours."""

    def __init__(self, delivery: Delivery, journal: Journal) -> None:
        self.delivery = delivery
        self.exposure = delivery.exposure
        self.journal = journal
        self.client = client_for(delivery.cluster)

    def walk(self) -> None:
        with self.journal.step("gate"):
            check_wanted(self.delivery)
            check_intact(self.delivery)
        with self.journal.step("plan") as entry:
            plan = make_plan(None, _read(self.client, self.exposure), exposure_id=self.exposure.pk)
            refuse_foreign(plan)
            entry.update(stored(_plan_sentence(plan)))
        with self.journal.step("delete", writes=True):
            if isinstance(plan, Delete):
                self._delete(plan)
        with self.journal.step("gone", state=DeliveryState.APPLIED):
            if not wait_for(lambda: _read(self.client, self.exposure) is None, DELETION_SECONDS):
                raise StillThere(say(_n("The object is being deleted but is still there.")))
            observe_ingress(
                cluster=self.delivery.cluster,
                manifest=None,
                namespace=self.exposure.namespace,
                name=self.exposure.object_name,
            )

    def _delete(self, plan: Delete) -> None:
        try:
            self.client.delete(INGRESS, plan.namespace, plan.name, uid=plan.uid, resource_version=plan.resource_version)
        except ObjectNotFound:
            return
        except ObjectConflict:
            # It was written to since we read it, e.g. by its controller: the uid alone still names our object.
            self.client.delete(INGRESS, plan.namespace, plan.name, uid=plan.uid)


def check_wanted(delivery: Delivery) -> None:
    """A revision that is no longer the desired one is never pushed, however late its message comes."""
    current = Exposure.objects.filter(pk=delivery.exposure_id).values_list("desired_revision_id", flat=True).first()
    if current != delivery.revision_id:
        raise Superseded


def refuse_foreign(plan: Plan) -> None:
    if isinstance(plan, Refuse):
        raise NotOurs(plan.message, reason=plan.code)


def addresses_of(live: dict[str, Any]) -> list[str]:
    """`status.loadBalancer.ingress[].ip|hostname`: what the controller wrote when it took the object up."""
    entries = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [entry.get("ip") or entry.get("hostname") for entry in entries if entry.get("ip") or entry.get("hostname")]


def note_admission(exposure_id: str, addresses: list[str]) -> str:
    """Set the condition and return its sentence."""
    if addresses:
        message = say(_n("Taken up by the controller at %(addresses)s."), addresses=", ".join(addresses))
        note_on_exposure(exposure_id, ConditionType.ADMITTED, "True", "AddressAssigned", message)
        return message
    message = say(
        _n("The controller has not given it an address yet. Check that the ingress class has a running controller.")
    )
    note_on_exposure(exposure_id, ConditionType.ADMITTED, "Unknown", "NoAddress", message)
    return message


def wait_for(question: Callable[[], T], seconds: float) -> T | None:
    """Ask until the answer is truthy or the time is over, with growing pauses."""
    deadline = time.monotonic() + seconds
    for pause in _pauses():
        answer = question()
        if answer or time.monotonic() >= deadline:
            return answer or None
        time.sleep(pause)
    return None


def _pauses() -> Any:
    yield from PAUSES
    while True:
        yield PAUSES[-1]


def _read(client: ClusterClient, exposure: Exposure) -> dict[str, Any] | None:
    try:
        return client.get(INGRESS, exposure.namespace, exposure.object_name)
    except ObjectNotFound:
        return None


def _plan_sentence(plan: Plan) -> str:
    if isinstance(plan, Create):
        return say(_n("The object will be created."))
    if isinstance(plan, Update):
        return say(_n("%(count)d fields will change."), count=len(plan.differences))
    if isinstance(plan, Delete):
        return say(_n("The object will be deleted."))
    return say(_n("The cluster has it already."))
