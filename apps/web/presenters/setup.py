"""The checklist of a new installation: what a platform admin sets up, ticked off by facts, gone when all are true."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Exists, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import list_grants_for, list_groups_for, list_teams_for
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.domains.selectors import list_zones_for
from apps.exposures.selectors import list_exposures_for
from apps.web.context import known_url


class Step(NamedTuple):
    """`url` is where to do it, empty where that page does not exist."""

    name: str
    title: str | Promise
    why: str | Promise
    url: str
    done: bool


class Setup(NamedTuple):
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def next_step(self) -> Step:
        return next(step for step in self.steps if not step.done)


STEPS: list[tuple[str, str | Promise, str | Promise, str]] = [
    (
        "cluster",
        _("Register a cluster that answers"),
        _("With a kubeconfig; a test tells you what is missing."),
        "web:cluster_register",
    ),
    ("team", _("Create a team with members"), _("Exposures belong to teams, not to people."), "web:team_list"),
    (
        "namespace",
        _("Grant the team a namespace"),
        _("Its developers may then expose services from there."),
        "web:team_list",
    ),
    (
        "approvers",
        _("Put people into an approver group"),
        _("Without members nobody can decide, and requests stay blocked."),
        "web:group_list",
    ),
    (
        "name",
        _("Give a zone to the team, or a wildcard domain to the cluster"),
        _("That decides which host names may be asked for."),
        "web:domain_list",
    ),
    (
        "live",
        _("See the first exposure live"),
        _("A developer of the team makes it; it shows that everything works together."),
        "web:exposure_list",
    ),
]


def setup_of(user: User) -> Setup | None:
    """None for everybody but platform admins, and once all is done. Two queries."""
    if not user.is_platform_admin:
        return None
    facts = _facts(user)
    steps = [Step(name, title, why, known_url(page), facts[name]) for name, title, why, page in STEPS]
    return None if all(step.done for step in steps) else Setup(steps)


def _facts(user: User) -> dict[str, bool]:
    clusters = list(list_clusters_for(user))
    found = {
        "team": _exists(list_teams_for(user).filter(memberships__user__is_active=True)),
        "namespace": _exists(list_grants_for(user).filter(cluster_name__in=[cluster.name for cluster in clusters])),
        "approvers": _exists(list_groups_for(user).filter(members__is_active=True)),
        "zone": _exists(list_zones_for(user)),
        "live": _exists(list_exposures_for(user).filter(live_revision__isnull=False)),
    }
    row = User.objects.filter(pk=user.pk).values_list(*found.values()).get()
    facts = dict(zip(found, row, strict=True))
    return {**facts, "cluster": _any_answers(clusters), "name": facts["zone"] or _any_has_a_domain(clusters)}


def _exists(rows: QuerySet[Any]) -> Exists:
    return Exists(rows.order_by())


def _any_answers(clusters: list[Cluster]) -> bool:
    return any(cluster.is_reachable for cluster in clusters)


def _any_has_a_domain(clusters: list[Cluster]) -> bool:
    return any(cluster.wildcard_domain for cluster in clusters)
