"""Exposures: what a user states, and what became of it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.common import ConditionOut
from apps.api.serializers.preflight import PreflightStepOut
from apps.api.serializers.problem import ViolationOut
from apps.api.serializers.requests import RequestOut
from apps.api.serializers.specs import REASON_LENGTH
from apps.api.serializers.strict import Prose, QueryFlag, QuerySerializer, SearchQuery, StrictSerializer, Text
from apps.api.waiting import MAX_SECONDS
from apps.approvals.enums import RequestState
from apps.common.prose import check_prose
from apps.exposures.models import Revision

EXPOSURE_STATES = ("ready", "not_ready", "live", "not_live", "drifted")


class RollbackIn(StrictSerializer):
    revision = Text(max_length=40, help_text="The id of the revision to go back to.")
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")


class RevertIn(StrictSerializer):
    seen = Text(max_length=64, help_text="The fingerprint of the drift that was looked at.")


class AdoptIn(RevertIn):
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")


class WaitQuery(QuerySerializer):
    wait = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MAX_SECONDS,
        help_text="Seconds to wait for the change to settle.",
    )


class ChangeQuery(WaitQuery):
    dry_run = QueryFlag(help_text="Answer what would happen, and write nothing.")


class DeleteQuery(WaitQuery):
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=REASON_LENGTH, validators=[check_prose]
    )


class ExposureQuery(SearchQuery):
    cluster = serializers.CharField(required=False, max_length=63)
    namespace = serializers.CharField(required=False, max_length=63)
    team = serializers.CharField(required=False, max_length=63)
    host = serializers.CharField(required=False, max_length=253)
    state = serializers.ChoiceField(
        [*EXPOSURE_STATES, *RequestState.values],
        required=False,
        help_text="What is live, works or was changed outside, or the state of the newest request.",
    )


class RevisionOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    number = serializers.IntegerField()
    content_hash = serializers.CharField()


class RevisionHistoryOut(RevisionOut):
    operation = serializers.CharField()
    spec = serializers.DictField()
    author = serializers.CharField(source="author.username")
    reason = serializers.CharField(allow_blank=True)
    renderer_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    live = serializers.SerializerMethodField()
    desired = serializers.SerializerMethodField()

    def get_live(self, revision: Revision) -> bool:
        return revision.pk == revision.exposure.live_revision_id

    def get_desired(self, revision: Revision) -> bool:
        return revision.pk == revision.exposure.desired_revision_id


class ExposureOut(serializers.Serializer[Any]):
    """`revision` and `spec` are what was approved last, or what was asked for first while nothing was approved yet."""

    id = serializers.CharField()
    cluster = serializers.CharField(source="cluster.name")
    environment = serializers.CharField(source="cluster.environment")
    namespace = serializers.CharField()
    host = serializers.CharField()
    url = serializers.CharField()
    team = serializers.CharField(source="team.name")
    spec = serializers.DictField(source="shown_revision.spec")
    generation = serializers.IntegerField()
    observed_generation = serializers.IntegerField()
    revision = RevisionOut(source="shown_revision")
    live_revision = RevisionOut(allow_null=True)
    conditions = ConditionOut(many=True)
    change_request = RequestOut(source="newest_request", allow_null=True)
    created_by = serializers.CharField(source="created_by.username")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True)


class DeclaredOut(ExposureOut):
    changed = serializers.BooleanField()


@extend_schema_field({"type": "object", "additionalProperties": True})
class FreeObject(serializers.DictField):
    """An object whose members the contract lists elsewhere."""


class PreviewOut(serializers.Serializer[Any]):
    """What would happen: nothing was written."""

    valid = serializers.BooleanField()
    errors = ViolationOut(many=True)  # type: ignore[assignment]  # a field, not the property
    warnings = ViolationOut(many=True)
    conflicts = serializers.ListField(child=FreeObject())
    manifest = serializers.CharField(allow_blank=True)
    diff = serializers.ListField(child=FreeObject())
    approval = FreeObject()
    server_dry_run = FreeObject()
    checks = PreflightStepOut(many=True)


class ManifestOut(serializers.Serializer[Any]):
    revision = RevisionOut()
    manifest = serializers.CharField(help_text="YAML of exactly what is applied.")
    live = serializers.BooleanField()


class WriterOut(serializers.Serializer[Any]):
    manager = serializers.CharField()
    operation = serializers.CharField()
    at = serializers.CharField(allow_blank=True)


class DriftOut(serializers.Serializer[Any]):
    """`last_writer` is who wrote last, besides the portal, to what differs."""

    state = serializers.ChoiceField(["in_sync", "drifted", "missing", "never_applied"])
    fingerprint = serializers.CharField(help_text="Names what was found; `revert` and `adopt` act on nothing else.")
    differences = serializers.ListField(child=FreeObject())
    last_writer = WriterOut(allow_null=True)
