"""Tests connections to clusters, on demand and on schedule, and keeps the conditions Reachable and Authorized.

No transaction is open while a cluster is called (D3): what is needed is read before, what was found is written after.
Texts are stored in English; whoever shows them translates.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.clusters import vault
from apps.clusters.errors import VaultError
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_register_cluster
from apps.clusters.services.access import AccessInput, read_access
from apps.clusters.services.clients import drop_client, endpoint_of
from apps.clusters.services.samples import keep_sample
from apps.clusters.services.telling import tell_of_reachability
from apps.common.conditions import Status, find_condition, set_condition
from apps.common.said import stored
from apps.common.storable import storable, storable_json
from apps.kube.connection import (
    STEP_NAMES,
    CheckStep,
    ConnectionReport,
    ConnectionSteps,
    check_connection,
    connection_steps,
)

# Longer than a check of a cluster that answers every step at the last moment; a dead worker's lease ends by itself.
LEASE = timedelta(seconds=120)
AUTHORIZATION_STEPS = ("authenticate", "permissions")
VERSION_LENGTH = 60


def begin_test(*, by: User, given: AccessInput) -> ConnectionSteps:
    """The staged test of what someone is about to register, step by step; nothing is stored.

    What is refused is refused now, before the first step.
    """
    check(may_register_cluster(by))
    endpoint, credential = read_access(given)
    return connection_steps(endpoint, credential, allow_loopback=settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS)


def check_cluster(*, cluster: Cluster) -> Cluster:
    """Run the staged test with the stored credential and keep what it found; the fresh row."""
    fingerprint = vault.fingerprint_of(cluster)
    report = _report(cluster)
    if not report.reachable:
        drop_client(cluster)
    with transaction.atomic():
        fresh = Cluster.objects.select_for_update(no_key=True).get(pk=cluster.pk)
        # Retired or re-keyed while the test ran: what it found is about something that no longer is.
        if fresh.retired_at is None and vault.fingerprint_of(fresh) == fingerprint:
            _keep(fresh, report, timezone.now())
    return fresh


def check_if_free(cluster_id: str) -> bool:
    """Check the cluster unless another check of it still runs; whether this call did."""
    started = timezone.now()
    free = Q(check_started_at=None) | Q(check_started_at__lt=started - LEASE)
    if not Cluster.objects.active().filter(free, pk=cluster_id).update(check_started_at=started):
        return False
    try:
        check_cluster(cluster=Cluster.objects.get(pk=cluster_id))
    finally:
        Cluster.objects.filter(pk=cluster_id, check_started_at=started).update(check_started_at=None)
    return True


def _report(cluster: Cluster) -> ConnectionReport:
    try:
        credential, _fingerprint = vault.open_credential(cluster)
    except VaultError as error:
        return _sealed_report(error)
    allow_loopback = settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS
    return check_connection(endpoint_of(cluster), credential, allow_loopback=allow_loopback)


def _sealed_report(error: VaultError) -> ConnectionReport:
    """A test that could not even begin, because the credential does not open."""
    hint = _("Ask whoever runs the portal to look at its encryption keys.")
    message = _("Not tried, because the credential cannot be read.")
    steps = [CheckStep(name, "skipped", message, "", 0) for name in STEP_NAMES]
    steps[STEP_NAMES.index("authenticate")] = CheckStep("authenticate", "failed", error.message, hint, 0)
    return ConnectionReport(steps, reachable=False, version=None, ingress_classes=[], latency_ms=None)


def _keep(cluster: Cluster, report: ConnectionReport, now: datetime) -> None:
    cluster.last_check = storable_json([asdict(step) | stored(step.message) for step in report.steps])
    cluster.checked_at = now
    cluster.latency_ms = report.latency_ms
    if report.version is not None:
        cluster.version = storable(report.version.git_version)[:VERSION_LENGTH]
    before = find_condition(cluster.conditions, "Reachable")
    for kind, (status, reason, message) in _verdicts(report).items():
        cluster.conditions = storable_json(
            set_condition(cluster.conditions, kind, status, reason=reason, message=message, now=now)
        )
    # Not updated_at: that is for what people change, and what they compare with when they do.
    cluster.save(update_fields=["last_check", "checked_at", "latency_ms", "version", "conditions"])
    keep_sample(cluster=cluster, reachable=report.reachable, latency_ms=report.latency_ms, now=now)
    tell_of_reachability(cluster, before=before, now=now)


def _verdicts(report: ConnectionReport) -> dict[str, tuple[Status, str, str]]:
    """What the test says about each condition."""
    failed = next((step for step in report.steps if step.status == "failed"), None)
    if report.reachable:
        reachable: tuple[Status, str, str] = ("True", "Answering", _("The API server answers."))
    else:
        reachable = ("False", "Unreachable", failed.message if failed else _("The API server does not answer."))
    if failed is not None and failed.name in AUTHORIZATION_STEPS:
        reason = "CredentialRefused" if failed.name == "authenticate" else "PermissionsMissing"
        authorized: tuple[Status, str, str] = ("False", reason, failed.message)
    elif report.reachable:
        authorized = ("True", "PermissionsPresent", _("The credential is accepted and may do what is needed."))
    else:
        authorized = ("Unknown", "Unreachable", _("The API server could not be asked."))
    return {"Reachable": reachable, "Authorized": authorized}
