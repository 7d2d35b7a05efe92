"""The step of the exposure form that makes a certificate of an Opaque Secret, and chooses it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.utils.translation import gettext as _

from apps.clusters.selectors import get_cluster_for
from apps.common.errors import Conflict, NotFound, PolicyViolation
from apps.common.said import spoken
from apps.delivery.services import copy_certificate
from apps.domains.hosts import InvalidHost, normalise_host
from apps.exposures.models import Exposure
from apps.kube.errors import ClusterError
from apps.web.forms.exposures import Draft
from apps.web.http import SignedInRequest


def with_copy(request: SignedInRequest, draft: Draft, exposure: Exposure | None, from_secret: str) -> Draft:
    """The draft with the copy chosen; as it was where there is none, with the reason said. Nothing typed is lost."""
    cluster = exposure.cluster if exposure else get_cluster_for(request.user, draft.cluster)
    namespace = exposure.namespace if exposure else draft.namespace
    host = exposure.host if exposure else _canonical(draft.stated_host(cluster.wildcard_domain))
    try:
        secret = copy_certificate(
            by=request.user, cluster=cluster, namespace=namespace, from_secret=from_secret, host=host
        )
    except (PolicyViolation, Conflict, NotFound, ClusterError) as error:
        said = _("No copy of %(name)s was made: %(why)s")
        messages.error(request, said % {"name": from_secret, "why": spoken(error.message)})
        return draft
    messages.success(request, _("%(name)s is in the cluster and chosen.") % {"name": secret.name})
    return replace(draft, secret=secret.name, preselected="", scheme="https")


def _canonical(host: str) -> str:
    try:
        return normalise_host(host) if host else ""
    except InvalidHost:
        return ""
