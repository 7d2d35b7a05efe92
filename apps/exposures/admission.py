"""What the cluster itself says to a manifest: a server-side dry-run, a refusal in the words of the person who asks."""

from __future__ import annotations

from typing import Any

from apps.clusters.models import Cluster
from apps.clusters.services.clients import client_for
from apps.common.errors import PortalError
from apps.common.said import phrase as _
from apps.exposures.policies import AdmissionFacts
from apps.kube.errors import ClusterError
from apps.kube.manifests import FIELD_MANAGER
from apps.kube.refusals import Refusal, Refuser, read_refusal

ASK_PLATFORM = _("Ask the platform team.")
# Who refuses → what is said, and the next step.
WORDS: dict[Refuser, tuple[str, str]] = {
    Refuser.WEBHOOK: (
        _("A rule of cluster %(cluster)s forbids it: %(why)s"),
        _("Change what it names. The rule is “%(name)s”; the platform team can tell more."),
    ),
    Refuser.POLICY: (
        _("A rule of cluster %(cluster)s forbids it: %(why)s"),
        _("Change what it names. The rule is “%(name)s”; the platform team can tell more."),
    ),
    Refuser.SILENT_WEBHOOK: (
        _("The rule “%(name)s” of cluster %(cluster)s does not answer, so nothing can be written there now."),
        _("Ask the platform team to look at it, then check again."),
    ),
    Refuser.NO_DRY_RUN: (
        _("The rule “%(name)s” of cluster %(cluster)s cannot be asked beforehand: it judges only what is written."),
        _("The delivery shows what it says. The platform team can make it support dry runs."),
    ),
    Refuser.QUOTA: (
        _("The namespace's own quota “%(name)s” in cluster %(cluster)s is used up."),
        _("Delete an Ingress that is no longer needed, or ask the platform team for more."),
    ),
    Refuser.ENDING_NAMESPACE: (
        _("The namespace is being deleted in cluster %(cluster)s."),
        _("Choose another namespace."),
    ),
    Refuser.NO_NAMESPACE: (_("The namespace does not exist in cluster %(cluster)s."), _("Create it first.")),
    Refuser.NO_RIGHT: (
        _("The portal may not write Ingresses in this namespace of cluster %(cluster)s."),
        _("Ask a platform admin to extend the portal's rights there."),
    ),
    Refuser.API_SERVER: (
        _("Cluster %(cluster)s refuses the manifest: %(why)s"),
        _("Change what it names, or ask the platform team."),
    ),
    Refuser.NOBODY: (_("Cluster %(cluster)s could not be asked."), _("Check again in a moment.")),
}
# What nobody refused but nobody could answer either.
UNANSWERED = frozenset({Refuser.NOBODY, Refuser.SILENT_WEBHOOK, Refuser.NO_DRY_RUN})


def ask_admission(cluster: Cluster, manifest: dict[str, Any]) -> AdmissionFacts:
    """The cluster's validation and its admission webhooks, nothing stored. Never raises: no answer is an answer too."""
    try:
        client_for(cluster).apply(manifest, field_manager=FIELD_MANAGER, dry_run=True, force=True)
    except ClusterError as error:
        return word_refusal(read_refusal(error), cluster.name)
    except PortalError as error:
        return AdmissionFacts(None, error.message, ASK_PLATFORM)
    return AdmissionFacts(True, _("%(cluster)s accepts the manifest.") % {"cluster": cluster.name})


def word_refusal(refusal: Refusal, cluster_name: str) -> AdmissionFacts:
    message, hint = WORDS[refusal.refuser]
    facts = {"cluster": cluster_name, "name": refusal.name, "why": refusal.why or refusal.raw}
    accepted = None if refusal.refuser in UNANSWERED else False
    return AdmissionFacts(accepted, _filled(message, facts), _filled(hint, facts), refusal.raw)


def _filled(words: str, facts: dict[str, str]) -> str:
    """Only with the values that it names: a sentence is kept with them."""
    used = {name: value for name, value in facts.items() if f"%({name})s" in words}
    return words % used if used else words
