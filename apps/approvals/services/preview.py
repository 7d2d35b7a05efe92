"""What would happen: the chain, renderer and routing of a submission, with nothing written (`dry_run`, the form)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.routing import Route
from apps.approvals.selectors import compare
from apps.approvals.services.submit import route_for, team_for
from apps.clusters.models import Cluster
from apps.clusters.services.clients import client_for
from apps.common.errors import PortalError
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_expose_for
from apps.exposures.policies import Facts
from apps.exposures.rendering import render
from apps.exposures.selectors import gather_facts
from apps.exposures.services import Verdict, judge
from apps.exposures.shared_hosts import is_guest
from apps.exposures.spec import ExposureSpec
from apps.kube.errors import ClusterError
from apps.kube.manifests import FIELD_MANAGER, object_name, to_yaml

# Stands for the id that a creation will get; the name of the object depends on it, nothing else does.
PROVISIONAL_ID = "exp_new"


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """`manifest` is YAML, `diff` lists fields, `server_dry_run` is {"ok", "message"} with `ok` None when not asked."""

    spec: ExposureSpec
    verdict: Verdict
    route: Route
    manifest: str
    diff: list[dict[str, Any]]
    server_dry_run: dict[str, Any]

    @property
    def is_valid(self) -> bool:
        return self.verdict.is_clean and self.server_dry_run["ok"] is not False

    def as_json(self) -> dict[str, Any]:
        """The body of `?dry_run=true` in the REST contract."""
        route = self.route.as_json()
        return {
            "valid": self.is_valid,
            "errors": [violation.as_dict() for violation in self.verdict.errors],
            "warnings": [violation.as_dict() for violation in self.verdict.warnings],
            "conflicts": list(self.verdict.conflicts),
            "manifest": self.manifest,
            "diff": self.diff,
            "approval": {
                "required": self.route.needs_approval,
                "because": route["because"],
                "stages": route["stages"],
            },
            "server_dry_run": self.server_dry_run,
        }


def preview_change(
    *,
    by: User,
    cluster: Cluster,
    namespace: str,
    spec: ExposureSpec,
    exposure: Exposure | None = None,
    operation: Operation = Operation.CREATE,
    ask_cluster: bool = True,
    ask_owner: bool = False,
) -> ChangePreview:
    """The preview of a creation, or of a change of `exposure`. Raises NotFound, NotPermitted, Unavailable.

    `ask_cluster` off leaves the server-side dry-run out, for answers while somebody types. `ask_owner` is for a
    creation; a guest's change asks by itself.
    """
    team = team_for(by, cluster, namespace)
    check(may_expose_for(by, team))
    asks = ask_owner if exposure is None else is_guest(exposure)
    facts = gather_facts(cluster=cluster, namespace=namespace, team=team, spec=spec, exposure=exposure, ask_owner=asks)
    manifest = _manifest(facts, cluster, exposure, operation)
    verdict = judge(facts)
    return ChangePreview(
        spec=spec,
        verdict=verdict,
        route=route_for(facts, exposure, operation),
        manifest=to_yaml(manifest),
        diff=_diff(exposure, spec),
        server_dry_run=_dry_run(cluster, manifest) if ask_cluster and verdict.is_clean else _not_asked(),
    )


def _manifest(facts: Facts, cluster: Cluster, exposure: Exposure | None, operation: Operation) -> dict[str, Any]:
    identifier = exposure.pk if exposure else PROVISIONAL_ID
    rendering = render(
        operation=operation,
        cluster=cluster,
        namespace=facts.namespace,
        exposure_id=identifier,
        object_name=exposure.object_name if exposure else object_name(facts.spec.host, identifier),
        spec=facts.spec,
        facts=facts,
        base_revision=exposure.live_revision if exposure else None,
    )
    manifest: dict[str, Any] = json.loads(rendering.rendered)
    return manifest


def _diff(exposure: Exposure | None, spec: ExposureSpec) -> list[dict[str, Any]]:
    base = exposure.live_revision if exposure else None
    return compare(base.spec if base else None, spec.as_json())


def _dry_run(cluster: Cluster, manifest: dict[str, Any]) -> dict[str, Any]:
    """What the cluster itself says: its validation and its admission webhooks, without storing anything."""
    try:
        client_for(cluster).apply(manifest, field_manager=FIELD_MANAGER, dry_run=True, force=True)
    except ClusterError as error:
        if error.transient:
            return {"ok": None, "message": _("The cluster could not be asked: %(why)s") % {"why": error.message}}
        return {"ok": False, "message": error.message}
    except PortalError as error:
        return {"ok": None, "message": error.message}
    return {"ok": True, "message": _("%(cluster)s accepts the manifest.") % {"cluster": cluster.name}}


def _not_asked() -> dict[str, Any]:
    return {"ok": None, "message": _("The cluster was not asked.")}
