"""Deliveries: how far a revision got on its way to the cluster."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.common import ReasonOut, SaidField
from apps.api.serializers.preflight import PreflightStepOut
from apps.api.serializers.strict import Flag, QuerySerializer, SearchQuery, StrictSerializer
from apps.api.waiting import MAX_SECONDS
from apps.delivery.enums import DeliveryState
from apps.exposures.policies import step_from_stored


class DeliveryQuery(SearchQuery):
    exposure = serializers.CharField(required=False, max_length=40)
    cluster = serializers.CharField(required=False, max_length=63)
    state = serializers.ChoiceField(DeliveryState.choices, required=False)


class DeliveryWaitQuery(QuerySerializer):
    wait = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_SECONDS, help_text="Seconds to wait for it to settle."
    )


class DeliveryRetryIn(StrictSerializer):
    overwrite = Flag(default=False, help_text="Take over fields that others changed since.")


class DeliveryStepOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.CharField()
    message = SaidField()
    started_at = serializers.CharField(allow_null=True)
    elapsed_ms = serializers.IntegerField(allow_null=True)
    checks = serializers.SerializerMethodField(help_text="The preflight as the gate ran it; null for other steps.")

    @extend_schema_field(PreflightStepOut(many=True, allow_null=True))
    def get_checks(self, step: dict[str, Any]) -> list[dict[str, Any]] | None:
        kept = step.get("checks")
        return [step_from_stored(entry).as_json() for entry in kept] if kept else None


class DeliveryOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    exposure = serializers.CharField(source="exposure_id")
    host = serializers.CharField(source="exposure.host")
    revision = serializers.CharField(source="revision_id")
    cluster = serializers.CharField(source="cluster.name")
    operation = serializers.CharField()
    state = serializers.ChoiceField(DeliveryState.choices)
    attempt = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    steps = DeliveryStepOut(many=True)
    reason = ReasonOut(allow_null=True)
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
