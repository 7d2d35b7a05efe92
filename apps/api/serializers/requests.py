"""Change requests: state, stages, decisions, and what people say to them."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.common import ReasonOut
from apps.api.serializers.preflight import RequestChecksOut
from apps.api.serializers.strict import Flag, Prose, QuerySerializer, SearchQuery, StrictSerializer, Text
from apps.api.waiting import MAX_SECONDS
from apps.approvals import selectors
from apps.approvals.enums import RequestState
from apps.approvals.explain import explain
from apps.approvals.models import ChangeRequest, Stage
from apps.approvals.services import checks_of
from apps.exposures.models import Revision
from apps.kube.manifests import to_yaml

COMMENT_LENGTH = 4000


class DecisionIn(StrictSerializer):
    content_hash = Text(max_length=100, help_text="The hash of what was seen; another one answers 409.")
    comment = Prose(allow_blank=True, max_length=COMMENT_LENGTH, default="")


class ReturnIn(StrictSerializer):
    content_hash = Text(max_length=100, required=False, help_text="The hash of what was seen.")
    comment = Prose(allow_blank=True, max_length=COMMENT_LENGTH, default="")


class RetryIn(StrictSerializer):
    overwrite = Flag(default=False, help_text="Take over fields that others changed since.")


class CommentIn(StrictSerializer):
    comment = Prose(max_length=COMMENT_LENGTH)


class OptionalCommentIn(StrictSerializer):
    comment = Prose(allow_blank=True, max_length=COMMENT_LENGTH, default="")


class RequestQuery(SearchQuery):
    awaiting = serializers.ChoiceField(["me"], required=False)
    mine = serializers.ChoiceField(["true", "false"], required=False)
    state = serializers.ChoiceField(RequestState.choices, required=False)
    cluster = serializers.CharField(required=False, max_length=63)
    team = serializers.CharField(required=False, max_length=63)
    exposure = serializers.CharField(required=False, max_length=40)


class RequestWaitQuery(QuerySerializer):
    wait = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_SECONDS, help_text="Seconds to wait for it to settle."
    )


class SlotOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    principal = serializers.CharField()
    holder = serializers.CharField()
    state = serializers.CharField()


class DecisionOut(serializers.Serializer[Any]):
    actor = serializers.CharField(source="actor.username")
    on_behalf_of = serializers.CharField(allow_blank=True)
    verdict = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    content_hash = serializers.CharField()
    at = serializers.DateTimeField()


class StageOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    round = serializers.IntegerField()
    mode = serializers.CharField()
    needed = serializers.IntegerField()
    state = serializers.CharField()
    slots = SlotOut(many=True, source="slots.all")
    decisions = DecisionOut(many=True, source="decisions.all")


class FieldDiffOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class RequestOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    operation = serializers.CharField()
    exposure = serializers.CharField(source="exposure_id")
    host = serializers.CharField(source="exposure.host")
    cluster = serializers.CharField(source="exposure.cluster.name")
    namespace = serializers.CharField(source="exposure.namespace")
    team = serializers.CharField(source="exposure.team.name")
    revision = serializers.CharField(source="revision_id")
    state = serializers.ChoiceField(RequestState.choices)
    state_reason = ReasonOut(allow_null=True)
    round = serializers.IntegerField()
    content_hash = serializers.CharField()
    risk = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    submitter = serializers.CharField(source="submitter.username")
    reason = serializers.CharField(source="revision.reason", allow_blank=True)
    stages = serializers.SerializerMethodField()
    diff = serializers.SerializerMethodField()
    manifest = serializers.SerializerMethodField()
    deadline = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": "object", "properties": {"level": {"type": "string"}, "facts": {"type": "object"}}})
    def get_risk(self, request: ChangeRequest) -> dict[str, Any]:
        return {"level": request.risk_level, "facts": request.risk_facts}

    def get_explanation(self, request: ChangeRequest) -> str:
        return explain(request)

    @extend_schema_field(StageOut(many=True))
    def get_stages(self, request: ChangeRequest) -> list[dict[str, Any]]:
        """Stages of the present round: those of earlier rounds no longer count (I1)."""
        stages: list[Stage] = [stage for stage in request.stages.all() if stage.round == request.round]
        return [dict(stage) for stage in StageOut(stages, many=True).data]

    @extend_schema_field(FieldDiffOut(many=True))
    def get_diff(self, request: ChangeRequest) -> list[dict[str, Any]]:
        return [dict(difference) for difference in selectors.field_diff(request)]

    def get_manifest(self, request: ChangeRequest) -> str:
        return manifest_of(request.revision)


class AllowedOut(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why not.")


class RequestDetailOut(RequestOut):
    """With the answer to whether the reader may decide now."""

    may_decide = serializers.SerializerMethodField()
    checks = serializers.SerializerMethodField(help_text="The preflight; null for deletions.")

    @extend_schema_field(AllowedOut)
    def get_may_decide(self, request: ChangeRequest) -> dict[str, Any]:
        return dict(AllowedOut(selectors.decision_for(self.context["user"], request)).data)

    @extend_schema_field(RequestChecksOut(allow_null=True))
    def get_checks(self, request: ChangeRequest) -> dict[str, Any] | None:
        found = checks_of(request)
        return found.as_json() if found else None


class EventOut(serializers.Serializer[Any]):
    actor = serializers.CharField()
    verb = serializers.CharField()
    before_state = serializers.CharField(allow_blank=True)
    after_state = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    content_hash = serializers.CharField()
    round = serializers.IntegerField()
    at = serializers.DateTimeField()


def manifest_of(revision: Revision) -> str:
    """The stored bytes as YAML for people."""
    return to_yaml(json.loads(revision.rendered))
