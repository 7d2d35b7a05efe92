"""Moving exposures to another certificate, and what became of each."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.specs import REASON_LENGTH
from apps.api.serializers.strict import Prose, StrictSerializer, Text


class MoveIn(StrictSerializer):
    exposures = serializers.ListField(child=Text(max_length=60), min_length=1, max_length=500, help_text="Their ids.")
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")


class MovedOut(serializers.Serializer[Any]):
    """`request` is the id of the change request; without one, `code` and `message` say why."""

    exposure = serializers.CharField(source="exposure.pk")
    host = serializers.CharField(source="exposure.host")
    request = serializers.CharField(source="request.pk", default=None, allow_null=True)
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(source="problem", allow_blank=True)


class MovesOut(serializers.Serializer[Any]):
    moves = MovedOut(many=True)
