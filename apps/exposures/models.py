"""Exposures, their immutable revisions, and what they may use of the hosts of other teams.

An exposure is one host of one cluster. What it should be stands in revisions: the spec as stated, the exact bytes that
will be applied, and a hash over both that decisions are bound to (I1, I2).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.common.conditions import find_condition, is_true
from apps.common.ids import PrefixedIdField
from apps.exposures.enums import ConditionType, DriftKind, Operation

# What `services.note_condition` writes besides `conditions`, so that lists can ask for it.
OBSERVED_FIELDS = ("conditions", "serving", "drift")
LISTED_FIELDS = (
    "namespace",
    "host",
    "conditions",
    "drift",
    "updated_at",
    "deleted_at",
    "cluster__name",
    "cluster__environment",
    "team__name",
    "desired_revision__spec",
    "live_revision__spec",
)


class ExposureQuerySet(models.QuerySet["Exposure"]):
    def active(self) -> ExposureQuerySet:
        return self.filter(deleted_at=None)

    def with_relations(self) -> ExposureQuerySet:
        return self.select_related("cluster", "team", "desired_revision", "live_revision", "created_by")

    def for_lists(self) -> ExposureQuerySet:
        """What a line of a list tells: without the manifests, which are most of what is stored."""
        related = self.select_related("cluster", "team", "desired_revision", "live_revision")
        return related.only(*LISTED_FIELDS)


class Exposure(models.Model):
    """One host of one cluster. `desired_revision` is what was approved last, `live_revision` what was last verified."""

    id = PrefixedIdField("exp")
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="exposures")
    namespace = models.CharField(max_length=63)
    host = models.CharField(max_length=253, db_index=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="exposures")
    object_name = models.CharField(max_length=63)
    generation = models.PositiveIntegerField(default=0)
    observed_generation = models.PositiveIntegerField(default=0)
    desired_revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    live_revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    conditions = models.JSONField(default=list)
    # The status of the condition Serving ("True", "False", "Unknown"; empty before it was ever asked), and what InSync
    # says: conditions are a list inside JSON, in which SQL cannot look everywhere.
    serving = models.CharField(max_length=8, blank=True, default="")
    drift = models.CharField(max_length=8, choices=DriftKind.choices, blank=True, default=DriftKind.NONE)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ExposureQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "host", "team"], condition=Q(deleted_at=None), name="one_active_exposure_per_team"
            )
        ]
        indexes = [
            models.Index(fields=["drift"], condition=Q(drift__gt=""), name="exposure_drift"),
            # All that lists count by, so that counting reads no row: rows are wide.
            models.Index(
                fields=["cluster", "namespace", "team", "serving", "drift", "live_revision", "deleted_at", "id"],
                name="exposure_places",
            ),
            # The same for searching.
            models.Index(fields=["host", "namespace", "cluster", "team", "deleted_at", "id"], name="exposure_names"),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def newest_revision(self) -> Revision | None:
        return self.revisions.order_by("-number").first()

    @property
    def is_live(self) -> bool:
        return self.live_revision_id is not None and self.deleted_at is None

    @property
    def is_ready(self) -> bool:
        return is_true(self.conditions, ConditionType.READY)

    def condition(self, kind: str) -> dict[str, Any] | None:
        return find_condition(self.conditions, kind)


class HostShare(models.Model):
    """Paths on a host of another team that this exposure asks for, or was granted (docs/adr/0009).

    `owner` is the team that is asked. `paths` are those of the approved revision, in the shape of the spec; they are
    what the gate lets through. Ends with the exposure.
    """

    exposure = models.OneToOneField(Exposure, on_delete=models.PROTECT, related_name="share")
    owner = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="lent_hosts")
    paths = models.JSONField(default=list)
    # The change request in which the owner agreed; a name, because requests lie above this app.
    request_id = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    granted_at = models.DateTimeField(null=True)
    # When the owner took its consent back last; kept when it agrees anew, so that no older consent comes back.
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.owner} for {self.exposure_id}"

    @property
    def is_granted(self) -> bool:
        """Whether the owner agreed once, so that something may run by it; `is_withdrawn` says whether it still does."""
        return self.granted_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the owner has not agreed anew since it took its consent back."""
        if self.withdrawn_at is None:
            return False
        return self.granted_at is None or self.granted_at <= self.withdrawn_at


class Revision(models.Model):
    """Insert-only. `rendered` is the canonical JSON of the manifest, byte for byte what is applied."""

    id = PrefixedIdField("rev")
    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    operation = models.CharField(max_length=10, choices=Operation.choices)
    spec = models.JSONField()
    rendered = models.TextField()
    renderer_version = models.CharField(max_length=10)
    content_hash = models.CharField(max_length=71)
    base_revision = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Fingerprints and other facts that were true when it was made, e.g. {"certificate_fingerprint": …}.
    facts = models.JSONField(default=dict)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["exposure", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.exposure_id} r{self.number}"
