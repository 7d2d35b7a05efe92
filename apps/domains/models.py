"""Names: who may use which zone, which names nobody may take, which team holds which host, and what DNS says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ApproverGroup, Team
from apps.clusters.models import Cluster
from apps.common.ids import PrefixedIdField


class Zone(models.Model):
    """A domain under which a team may ask for hosts; `approver_group` decides on them."""

    id = PrefixedIdField("zone")
    name = models.CharField(_("domain"), max_length=253)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="zones")
    approver_group = models.ForeignKey(ApproverGroup, on_delete=models.PROTECT, related_name="zones")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "team"], name="zone_granted_once")]

    def __str__(self) -> str:
        return f"{self.name} for {self.team}"


class ReservedHost(models.Model):
    """A name that nobody may take: an exact host or `*.suffix`."""

    id = PrefixedIdField("rsv")
    pattern = models.CharField(_("host or *.suffix"), max_length=253, unique=True)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        ordering = ["pattern"]

    def __str__(self) -> str:
        return self.pattern


class HostClaim(models.Model):
    """A host belongs to one team over all clusters (E6). The unique constraint decides the race of two teams."""

    id = PrefixedIdField("host")
    host = models.CharField(max_length=253, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="host_claims")
    claimed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.host} of {self.team}"


class NameCheck(models.Model):
    """What DNS said last about a name that should lead to a cluster's entry, and when it is asked again.

    The name is a host, or `*.domain` for the cluster's wildcard. A lost row is made anew by the next check.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="name_checks")
    name = models.CharField(max_length=255)
    # The entry that the name was compared with; another one makes the check due.
    entry = models.JSONField(default=list)
    # status, reason, message with message_id and params, hint, addresses, expected, links, ttl, issuers
    found = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(db_index=True)
    # How many checks in a row found the same: the more, the rarer the next.
    steady = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="name_checked_once_per_cluster")]

    def __str__(self) -> str:
        return f"{self.name} on {self.cluster}"
