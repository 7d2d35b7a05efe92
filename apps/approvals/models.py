"""Change requests: rounds, stages, slots, decisions. Decisions and events are append-only and name their hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.approvals.enums import (
    OPEN_STATES,
    TEAM,
    RequestState,
    RiskLevel,
    SlotState,
    StageMode,
    StageState,
    Verb,
    Verdict,
)
from apps.common.ids import PrefixedIdField
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure, Revision

LISTED_FIELDS = (
    "operation",
    "state",
    "state_reason",
    "round",
    "risk_level",
    "created_at",
    "submitted_at",
    "exposure__host",
    "exposure__cluster__name",
    "exposure__cluster__environment",
    "exposure__team__name",
    "revision__spec",
    "revision__reason",
    "submitter__username",
)


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def open(self) -> ChangeRequestQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def with_relations(self) -> ChangeRequestQuerySet:
        return self.select_related(
            "exposure__cluster", "exposure__team", "revision__author", "revision__base_revision", "submitter"
        ).prefetch_related("stages__slots", "stages__decisions__actor")

    def for_lists(self) -> ChangeRequestQuerySet:
        """What a line of a list tells, without manifests, checks and facts."""
        related = self.select_related("exposure__cluster", "exposure__team", "revision", "submitter")
        return related.prefetch_related("stages__slots", "stages__decisions__actor").only(*LISTED_FIELDS)


class ChangeRequest(models.Model):
    """Create, change or delete one exposure. At most one is open per exposure (I11)."""

    id = PrefixedIdField("req")
    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="change_requests")
    operation = models.CharField(max_length=10, choices=Operation.choices)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="change_requests")
    submitter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="change_requests")
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.DRAFT)
    # {"code", "message", "hint"} for blocked, stale and failed requests
    state_reason = models.JSONField(null=True)
    round = models.PositiveIntegerField(default=1)
    lock_version = models.PositiveIntegerField(default=0)
    risk_level = models.CharField(max_length=8, choices=RiskLevel.choices, default=RiskLevel.LOW)
    risk_facts = models.JSONField(default=dict)
    # The flow as it was chosen, pinned (I18): {"version", "because": [...], "stages": [...]}
    flow = models.JSONField(default=dict)
    # The preflight as it was when it was last sent or decided: {"at", "steps": [...]}; empty for deletions.
    checks = models.JSONField(default=dict)
    deadline = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["exposure"], condition=Q(state__in=sorted(OPEN_STATES)), name="one_open_request_per_exposure"
            )
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="request_by_time"),
            models.Index(fields=["state", "exposure"], name="request_by_state"),
            # The newest of an exposure, without reading its row.
            models.Index(fields=["exposure", "id", "state", "operation"], name="request_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.exposure_id}: {self.state}"

    @property
    def content_hash(self) -> str:
        return self.revision.content_hash

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Stage(models.Model):
    """One step of the flow in one round. `needed` approvals make it pass."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="stages")
    round = models.PositiveIntegerField()
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    mode = models.CharField(max_length=10, choices=StageMode.choices)
    needed = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=StageState.choices, default=StageState.WAITING)
    activated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "order"]
        constraints = [models.UniqueConstraint(fields=["request", "round", "order"], name="stage_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.round}.{self.order} {self.name}"

    @property
    def owner_team(self) -> str:
        """The team that is asked as the owner of the host; empty for the ordinary stages."""
        asked = (slot.principal for slot in self.slots.all() if slot.principal.startswith(TEAM))
        return next(asked, "").removeprefix(TEAM)

    @property
    def who(self) -> str:
        """Those who are asked, as people call them."""
        owner = self.owner_team
        return _("team %(team)s") % {"team": owner} if owner else self.name


class Slot(models.Model):
    """A seat at a stage. `principal` is who must sign (`group:network`, `team:shop`, `user:ann`), `holder` who may act
    now; of a team its developers and maintainers.
    """

    id = PrefixedIdField("slot")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="slots")
    principal = models.CharField(max_length=160)
    holder = models.CharField(max_length=160)
    origin = models.CharField(max_length=12, default="rule")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    required = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=SlotState.choices, default=SlotState.OPEN)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "principal"], condition=Q(state="open"), name="one_open_slot_per_principal"
            )
        ]
        # What waits for somebody is asked for on every page.
        indexes = [models.Index(fields=["holder", "stage"], condition=Q(state="open"), name="slot_open_of_holder")]

    def __str__(self) -> str:
        return f"{self.principal}: {self.state}"


class Decision(models.Model):
    """What one person said on what content. Append-only; one voice per person and stage (I5)."""

    id = PrefixedIdField("dec")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="decisions")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="decisions")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    on_behalf_of = models.CharField(max_length=160, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    comment = models.TextField(blank=True)
    content_hash = models.CharField(max_length=71)
    round = models.PositiveIntegerField()
    channel = models.CharField(max_length=10)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["stage", "actor"], name="one_voice_per_stage")]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verdict}"


class RequestEvent(models.Model):
    """The timeline of a request. Append-only."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="events")
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    before_state = models.CharField(max_length=12, blank=True)
    after_state = models.CharField(max_length=12)
    comment = models.TextField(blank=True)
    content_hash = models.CharField(max_length=71)
    round = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb}"
