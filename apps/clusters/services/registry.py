"""Registers clusters and changes what is registered. Parsing and address checks happen before any transaction.

Endpoint and credential only change together (`rekey_cluster`): a stored credential is never sent to an address that
someone typed later.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.audit.services import record
from apps.clusters import vault
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_change_cluster, may_register_cluster
from apps.clusters.policies import collect
from apps.clusters.services.access import AccessInput, check_endpoint, read_access
from apps.clusters.services.clients import drop_client, endpoint_of
from apps.clusters.wildcards import find_objections
from apps.common.conditions import set_condition
from apps.common.dispatch import dispatch
from apps.common.errors import Conflict, InvalidInput, NotPermitted, PolicyViolation, Violation
from apps.kube.credentials import Credential, Endpoint, check_token

EDITABLE = ("environment", "wildcard_domain", "entry", "default_ingress_class_name")
AUDITED = ("environment", "endpoint", "tls_server_name", "wildcard_domain", "entry", "default_ingress_class_name")


def register_cluster(
    *,
    by: User,
    name: str,
    environment: str,
    endpoint_url: str = "",
    certificate_authority: str = "",
    token: str = "",
    kubeconfig: str = "",
    context: str | None = None,
    wildcard_domain: str = "",
    entry: dict[str, Any] | None = None,
    default_ingress_class_name: str = "",
    tls_server_name: str = "",
) -> Cluster:
    """Store a cluster and its credential. It need not answer yet: its conditions are Unknown until it was checked.

    The name of a retired cluster may be used again: the row comes back with everything new.
    """
    check(may_register_cluster(by))
    given = AccessInput(kubeconfig, context, endpoint_url, certificate_authority, token, tls_server_name)
    values = collect(
        {
            "name": name,
            "environment": environment,
            "wildcard_domain": wildcard_domain,
            "entry": entry,
            "default_ingress_class_name": default_ingress_class_name,
        }
    )
    endpoint, credential = read_access(given)
    try:
        with transaction.atomic():
            cluster = _store(by, values, endpoint, credential)
            look_at(cluster)
            return cluster
    except IntegrityError as error:
        raise _name_taken(name) from error


def look_at(cluster: Cluster) -> None:
    """Have a worker check and read the cluster right after the commit, instead of when the schedule comes round."""
    for task in ("apps.clusters.tasks.check", "apps.inventory.tasks.refresh"):
        dispatch(task, cluster.pk)


def update_cluster(*, by: User, cluster: Cluster, **changes: Any) -> Cluster:
    """Change environment, wildcard_domain, entry or default_ingress_class_name; anything else is refused."""
    check(may_change_cluster(by, cluster))
    _refuse_fixed(changes)
    values = collect(changes)
    with transaction.atomic():
        fresh = _locked(cluster)
        before = {name: getattr(fresh, name) for name in values}
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return fresh
        _assign(fresh, changed)
        fresh.save(update_fields=[*changed, "updated_at"])
        _record("cluster.updated", by, fresh, before={name: before[name] for name in changed}, after=changed)
        if "wildcard_domain" in changed:
            _check_wildcard_domain(fresh)
    return fresh


def rekey_cluster(
    *,
    by: User,
    cluster: Cluster,
    kubeconfig: str = "",
    context: str | None = None,
    token: str = "",
    endpoint_url: str = "",
    certificate_authority: str = "",
    tls_server_name: str = "",
) -> Cluster:
    """Replace the credential: a token alone keeps the endpoint, a kubeconfig or the full fields bring their own."""
    check(may_change_cluster(by, cluster))
    if token and not (kubeconfig or endpoint_url or certificate_authority):
        endpoint, credential = endpoint_of(cluster), Credential(token=check_token(token))
        check_endpoint(endpoint)
    else:
        given = AccessInput(kubeconfig, context, endpoint_url, certificate_authority, token, tls_server_name)
        endpoint, credential = read_access(given)
    with transaction.atomic():
        fresh = _locked(cluster)
        before = {"endpoint": fresh.endpoint, "fingerprint": vault.fingerprint_of(fresh)}
        _assign_access(fresh, endpoint)
        fresh.save()
        fingerprint = vault.seal(fresh, credential)
        after = {"endpoint": endpoint.url, "fingerprint": fingerprint, "credential": credential.form}
        _record("cluster.rekeyed", by, fresh, before=before, after=after)
        transaction.on_commit(partial(drop_client, fresh))
    look_at(fresh)
    return fresh


def pause_cluster(*, by: User, cluster: Cluster, reason: str) -> Cluster:
    """Stop new deliveries to the cluster; pausing a paused one only changes the reason."""
    check(may_change_cluster(by, cluster))
    reason = collect({"reason": reason})["reason"]
    with transaction.atomic():
        fresh = _locked(cluster)
        before = {"paused": fresh.is_paused, "reason": fresh.pause_reason}
        fresh.paused_at = fresh.paused_at or timezone.now()
        fresh.pause_reason = reason
        fresh.save(update_fields=["paused_at", "pause_reason", "updated_at"])
        _record("cluster.paused", by, fresh, before=before, after={"paused": True, "reason": reason}, comment=reason)
    return fresh


def resume_cluster(*, by: User, cluster: Cluster) -> Cluster:
    """Let deliveries go on; resuming one that is not paused changes nothing."""
    check(may_change_cluster(by, cluster))
    with transaction.atomic():
        fresh = _locked(cluster)
        if not fresh.is_paused:
            return fresh
        before = {"paused": True, "reason": fresh.pause_reason}
        fresh.paused_at, fresh.pause_reason = None, ""
        fresh.save(update_fields=["paused_at", "pause_reason", "updated_at"])
        _record("cluster.resumed", by, fresh, before=before, after={"paused": False, "reason": ""})
    return fresh


def retire_cluster(*, by: User, cluster: Cluster) -> Cluster:
    """Forget the credential and hide the cluster; refused while exposures live there."""
    check(may_change_cluster(by, cluster))
    with transaction.atomic():
        # The full lock: it waits for exposures that are being made here.
        fresh = _locked(cluster, no_key=False)
        # By the reverse relation: the exposures app lies above this one.
        living = fresh.exposures.filter(deleted_at=None).count()
        if living:
            text = _("%(count)s exposures still live in cluster %(cluster)s. Delete them first, then retire it.")
            raise Conflict(text % {"count": living, "cluster": fresh.name}, code="cluster_in_use", exposures=living)
        before = {name: getattr(fresh, name) for name in AUDITED}
        fresh.retired_at = timezone.now()
        fresh.save(update_fields=["retired_at", "updated_at"])
        vault.discard(fresh)
        _record("cluster.retired", by, fresh, before=before, after={"retired": True})
        transaction.on_commit(partial(drop_client, fresh))
    return fresh


def _store(by: User, values: dict[str, Any], endpoint: Endpoint, credential: Credential) -> Cluster:
    cluster = Cluster.objects.select_for_update().filter(name=values["name"]).first()
    if cluster is not None and cluster.retired_at is None:
        raise _name_taken(cluster.name)
    is_new = cluster is None
    cluster = cluster or Cluster()
    _assign(cluster, {**values, "retired_at": None, "paused_at": None, "pause_reason": ""})
    _assign_access(cluster, endpoint)
    cluster.save(force_insert=is_new)
    fingerprint = vault.seal(cluster, credential)
    after = {name: getattr(cluster, name) for name in AUDITED}
    _record(
        "cluster.registered", by, cluster, after={**after, "fingerprint": fingerprint, "credential": credential.form}
    )
    _check_wildcard_domain(cluster)
    return cluster


def _refuse_fixed(changes: dict[str, Any]) -> None:
    fixed = [name for name in changes if name not in EDITABLE]
    if fixed:
        message, hint = _("This cannot be changed."), _("Endpoint and credential change together, with “Re-key”.")
        raise InvalidInput(message, errors=[Violation("not_editable", name[:60], message, hint) for name in fixed])


def _assign(cluster: Cluster, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(cluster, name, value)


def _assign_access(cluster: Cluster, endpoint: Endpoint) -> None:
    """Where the cluster is from now on; nothing that was found with the old access is known of it any more."""
    cluster.endpoint = endpoint.url
    cluster.certificate_authority = endpoint.certificate_authority
    cluster.tls_server_name = endpoint.tls_server_name
    cluster.checked_at, cluster.last_check, cluster.latency_ms, cluster.version = None, [], None, ""
    message, now = gettext_noop("The cluster has not been checked yet."), timezone.now()
    for kind in ("Reachable", "Authorized"):
        cluster.conditions = set_condition(
            cluster.conditions, kind, "Unknown", reason="NotChecked", message=message, now=now
        )


def _locked(cluster: Cluster, *, no_key: bool = True) -> Cluster:
    """The present row, locked; NotPermitted if someone retired it meanwhile.

    A delivery that is being queued points at the row and may hold the audit chain already: it must not wait for us.
    """
    fresh = Cluster.objects.select_for_update(no_key=no_key).get(pk=cluster.pk)
    if fresh.retired_at is not None:
        raise NotPermitted(_("Cluster %(cluster)s is retired.") % {"cluster": fresh})
    return fresh


def _check_wildcard_domain(cluster: Cluster) -> None:
    """Called last: the audit chain is held by then, so of two that want one domain the second sees the first."""
    if not cluster.wildcard_domain:
        return
    others = Cluster.objects.active().exclude(pk=cluster.pk).exclude(wildcard_domain="").order_by("name")
    for name, domain in others.values_list("name", "wildcard_domain"):
        _refuse_overlap(cluster.wildcard_domain, domain, name)
    objections = find_objections(cluster)
    if objections:
        raise PolicyViolation(objections[0].message, errors=objections)


def _refuse_overlap(domain: str, other: str, name: str) -> None:
    """Of two that are one, or one inside the other, nobody could say to which cluster a name in both leads."""
    words = {"cluster": name, "domain": other}
    if domain == other:
        text = _("The wildcard domain already belongs to cluster %(cluster)s.") % words
        code = "wildcard_domain_taken"
    elif f".{domain}".endswith(f".{other}") or f".{other}".endswith(f".{domain}"):
        text = _("The wildcard domain overlaps %(domain)s of cluster %(cluster)s.") % words
        code = "wildcard_domain_overlaps"
    else:
        return
    violation = Violation(code, "wildcard_domain", text, _("Give each cluster its own, beside the others."))
    raise Conflict(text, code=code, errors=[violation])


def _name_taken(name: str) -> Conflict:
    return Conflict(_("There is already a cluster with the name %(name)s.") % {"name": name}, code="cluster_exists")


def _record(verb: str, by: User, cluster: Cluster, **content: Any) -> None:
    record(
        verb,
        by=by,
        object_type="cluster",
        object_id=cluster.pk,
        object_name=cluster.name,
        cluster=cluster.name,
        **content,
    )
