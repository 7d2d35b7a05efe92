"""Moves exposures from one certificate to another, by a change request each, and retires the one that nothing uses.

Moving is asking: whoever has to approve a change of an exposure approves this one too. Retiring deletes a Secret that
the portal wrote, only after the cluster itself was asked whether anything still names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import Team, User
from apps.accounts.permissions import check
from apps.approvals.enums import OPEN_STATES
from apps.approvals.models import ChangeRequest
from apps.approvals.services.submit import open_update, team_for
from apps.audit.services import record
from apps.clusters.models import Cluster
from apps.clusters.services.clients import client_for
from apps.common.errors import Conflict, InvalidInput, NotFound, PolicyViolation, PortalError, Violation
from apps.common.said import say
from apps.delivery.services.certificates import refuse_paused
from apps.exposures.certificate_uses import secret_names
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_expose_for
from apps.exposures.spec import ExposureSpec
from apps.inventory.models import Secret
from apps.inventory.observe import mapping, mappings, text
from apps.inventory.services import forget_secret
from apps.kube.certificates import TLS_SECRET_TYPE
from apps.kube.client import ClusterClient
from apps.kube.errors import Forbidden, ObjectConflict, ObjectNotFound
from apps.kube.kinds import INGRESS, SECRET
from apps.kube.manifests import FIELD_MANAGER, MANAGED_BY_LABEL

Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """What became of one exposure: the request that was opened, or why none was."""

    exposure: Exposure
    request: ChangeRequest | None = None
    code: str = ""
    problem: str = ""


def move_exposures(*, by: User, exposures: Iterable[Exposure], to: Secret, reason: str = "") -> list[Move]:
    """Ask for each exposure to serve `to` from now on. What is refused for one does not stop the others.

    Raises NotFound and NotPermitted where the person may not expose services of the namespace at all.
    """
    check(may_expose_for(by, team_for(by, to.cluster, to.namespace)))
    return [_move(by, exposure, to, reason) for exposure in exposures]


def retire_certificate(*, by: User, cluster: Cluster, namespace: str, name: str, confirm: str) -> None:
    """Delete the Secret in the cluster. Refused while an exposure, a request or a live Ingress names it.

    Raises NotFound, NotPermitted, InvalidInput when `confirm` is not its name, Conflict, and ClusterError.
    """
    team = team_for(by, cluster, namespace)
    check(may_expose_for(by, team))
    if confirm != name:
        message = _("This is not the name of the certificate.")
        raise InvalidInput(message, errors=[Violation("not_confirmed", "confirm", message)])
    refuse_paused(cluster)
    _refuse_used(uses_of(cluster, namespace, name))
    client = client_for(cluster)
    live = _read_own(client, namespace, name)
    _refuse_used(_live_ingresses(client, namespace, name))
    _delete(client, cluster, live)
    _note(by, team, cluster, live)


def _move(by: User, exposure: Exposure, to: Secret, reason: str) -> Move:
    base = exposure.desired_revision or exposure.newest_revision
    if base is None or (exposure.cluster_id, exposure.namespace) != (to.cluster_id, to.namespace):
        return Move(exposure, code="other_namespace", problem=_("It is not in the namespace of the certificate."))
    stated = ExposureSpec.from_json(base.spec)
    if stated.tls_secret_name == to.name:
        return Move(exposure, code="unchanged", problem=_("It has this certificate already."))
    spec = replace(stated, tls_secret_name=to.name, default_certificate=False)
    try:
        request = open_update(by=by, exposure=exposure, spec=spec, reason=reason)
    except PolicyViolation as error:
        said = error.errors[0] if error.errors else None
        return Move(exposure, code=said.code if said else error.code, problem=said.message if said else error.message)
    except PortalError as error:
        return Move(exposure, code=error.code, problem=error.message)
    return Move(exposure, request)


def uses_of(cluster: Cluster, namespace: str, name: str) -> list[str]:
    """Hosts whose exposure serves the Secret, is to serve it, or asks for it in an open request."""
    exposures = Exposure.objects.active().with_relations().filter(cluster=cluster, namespace=namespace)
    served = {exposure.host for exposure in exposures if name in secret_names(exposure)}
    asked = ChangeRequest.objects.filter(
        exposure__cluster=cluster,
        exposure__namespace=namespace,
        state__in=OPEN_STATES,
        revision__spec__tls__secret_name=name,
    )
    return sorted(served | set(asked.values_list("exposure__host", flat=True)))


def _live_ingresses(client: ClusterClient, namespace: str, name: str) -> list[str]:
    """Of anybody, as the cluster says at this moment."""
    listed = client.list(INGRESS, namespace).items
    entries = [(item, entry) for item in listed for entry in mappings(mapping(item.get("spec")).get("tls"))]
    using = [item for item, entry in entries if entry.get("secretName") == name]
    return sorted({text(mapping(item.get("metadata")).get("name")) for item in using})


def _refuse_used(names: list[str]) -> None:
    if names:
        message = _("It is still used by %(names)s. Move them to another certificate first.")
        raise Conflict(message % {"names": ", ".join(names)}, code="certificate_in_use", used_by=names)


def _read_own(client: ClusterClient, namespace: str, name: str) -> Metadata:
    """The metadata of the Secret as it is now; Conflict if it is not the portal's."""
    try:
        live = client.get(SECRET, namespace, name)
    except ObjectNotFound as error:
        raise NotFound(code="certificate_not_found") from error
    metadata = mapping(live.get("metadata"))
    ours = mapping(metadata.get("labels")).get(MANAGED_BY_LABEL) == FIELD_MANAGER
    if not ours or live.get("type") != TLS_SECRET_TYPE:
        command = f"kubectl delete secret {name} -n {namespace}"
        message = _("The portal did not write this Secret, so it does not delete it. Whoever owns it can: %(command)s")
        raise Conflict(message % {"command": command}, code="certificate_not_ours")
    return metadata


def _delete(client: ClusterClient, cluster: Cluster, seen: Metadata) -> None:
    """Exactly what was looked at: not one that has changed or been made anew since."""
    namespace, name = seen["namespace"], seen["name"]
    try:
        client.delete(SECRET, namespace, name, uid=seen["uid"], resource_version=seen["resourceVersion"])
    except ObjectConflict as error:
        message = _("The Secret was changed in the cluster at this moment. Look at it again.")
        raise Conflict(message, code="certificate_changed") from error
    except Forbidden as error:
        message = _n(
            "The portal may not delete Secrets in %(namespace)s of %(cluster)s. A platform admin can allow it as the"
            " cluster's RBAC manifest says, or delete the Secret with kubectl."
        )
        raise Forbidden(say(message, namespace=namespace, cluster=cluster.name)) from error


@transaction.atomic
def _note(by: User, team: Team, cluster: Cluster, seen: Metadata) -> None:
    row = Secret.objects.filter(cluster=cluster, namespace=seen["namespace"], name=seen["name"]).first()
    forget_secret(cluster=cluster, namespace=seen["namespace"], name=seen["name"])
    record(
        "certificate.retired",
        by=by,
        object_type="certificate",
        object_id=seen["uid"],
        object_name=f"{seen['namespace']}/{seen['name']}",
        team=team.name,
        cluster=cluster.name,
        before={"fingerprint_sha256": row.fingerprint_sha256 if row else ""},
    )
