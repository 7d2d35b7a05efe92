"""Does the host answer at the cluster's entry? Kept as conditions, so that a page can say why a URL does not work."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _n

from apps.clusters.models import Cluster
from apps.common.conditions import Status
from apps.common.ids import new_id
from apps.common.said import say
from apps.delivery.models import Delivery
from apps.exposures.enums import ConditionType
from apps.exposures.models import OBSERVED_FIELDS, Exposure, Revision
from apps.exposures.services import lock_exposure, note_condition
from apps.exposures.spec import ExposureSpec
from apps.kube.certificates import covers
from apps.kube.probe import ProbeResult, probe

PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Serving:
    """Whether the host answers as chosen, the condition's reason, and a sentence for people."""

    is_serving: bool
    reason: str
    message: str


def check_serving(exposure: Exposure, revision: Revision) -> Serving:
    """Probe until the host answers as chosen or its time is over; sets Serving and Ready."""
    deadline = time.monotonic() + settings.PORTICO_SERVING_SECONDS
    serving = probe_exposure(exposure.cluster, revision)
    while not serving.is_serving and serving.reason != "NoEntry" and time.monotonic() < deadline:
        time.sleep(PAUSE)
        serving = probe_exposure(exposure.cluster, revision)
    note_serving(exposure.pk, serving)
    return serving


def probe_exposure(cluster: Cluster, revision: Revision) -> Serving:
    """One question to the entry; a second for a name nobody has tells the service's 404 from the controller's."""
    spec = ExposureSpec.from_json(revision.spec)
    if not cluster.entry_addresses:
        return Serving(
            False, "NoEntry", say(_n("The cluster has no entry address registered, so nothing could be asked."))
        )
    tls = spec.has_tls
    port = cluster.https_port if tls else cluster.http_port
    address = cluster.entry_addresses[0]
    answer = probe(address=address, port=port, host=spec.host, path=spec.paths[0].path, tls=tls)
    if answer.status is None:
        sentence = _n("The entry %(address)s:%(port)d gives no answer: %(error)s.")
        return Serving(False, "NoAnswer", say(sentence, address=address, port=port, error=answer.error))
    if trouble := _trouble_with_certificate(revision, spec, answer):
        return Serving(False, "OtherCertificate", trouble)
    if answer.status == 404 and _is_default_answer(answer, address, port, tls=tls):
        return Serving(False, "NotRouted", say(_n("The controller does not know the host yet.")))
    return _judge_status(answer)


def _trouble_with_certificate(revision: Revision, spec: ExposureSpec, answer: ProbeResult) -> str:
    expected = revision.facts.get("certificate_fingerprint", "")
    if spec.has_tls and expected and not _same_fingerprint(expected, answer.certificate_sha256):
        return say(_n("The entry serves another certificate than the chosen one."))
    if spec.default_certificate and not covers(spec.host, answer.certificate_names):
        # The controller may renew it at any time, so only whether it covers the host counts.
        return say(_n("The default certificate that the entry serves does not cover %(host)s."), host=spec.host)
    return ""


def note_serving(exposure_id: str, serving: Serving) -> None:
    status: Status = "True" if serving.is_serving else "False"
    if serving.reason == "NoEntry":
        status = "Unknown"
    note_on_exposure(exposure_id, ConditionType.SERVING, status, serving.reason, serving.message)
    note_on_exposure(exposure_id, ConditionType.READY, status, serving.reason, serving.message)


@transaction.atomic
def note_on_exposure(exposure_id: str, kind: ConditionType, status: Status, reason: str, message: str) -> None:
    """Set one condition in a transaction of its own: it belongs to the cluster call that has just ended."""
    exposure = lock_exposure(exposure_id)
    before = exposure.conditions
    note_condition(exposure, kind, status, reason, message)
    if exposure.conditions != before:
        # What was observed is no change of the exposure: `updated_at` stays.
        exposure.save(update_fields=OBSERVED_FIELDS)


def recheck_exposure(exposure_id: str) -> None:
    """Ask the entry again for an exposure that is live and has nothing under way."""
    exposure = Exposure.objects.active().with_relations().filter(pk=exposure_id).first()
    if exposure is None or exposure.live_revision is None:
        return
    if Delivery.objects.filter(exposure=exposure).unsettled().exists():
        return
    note_serving(exposure.pk, probe_exposure(exposure.cluster, exposure.live_revision))


def _judge_status(answer: ProbeResult) -> Serving:
    facts = {"status": answer.status, "elapsed": answer.elapsed_ms}
    if answer.status is not None and answer.status >= 500:
        message = say(_n("The host is routed, but the service answers %(status)d. Check its pods."), **facts)
        return Serving(False, "ServiceFails", message)
    return Serving(True, "Answers", say(_n("The entry answers %(status)d in %(elapsed)d ms."), **facts))


def _is_default_answer(answer: ProbeResult, address: str, port: int, *, tls: bool) -> bool:
    unknown = f"{new_id('unknown').replace('_', '-')}.invalid"
    default = probe(address=address, port=port, host=unknown, path="/", tls=tls)
    return (default.status, default.body_hash) == (answer.status, answer.body_hash)


def _same_fingerprint(left: str, right: str) -> bool:
    return left.replace(":", "").lower() == right.replace(":", "").lower()
