"""Shapes that several nouns share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ConditionOut(serializers.Serializer[Any]):
    type = serializers.CharField()
    status = serializers.ChoiceField(["True", "False", "Unknown"])
    reason = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    last_transition_time = serializers.CharField()
    observed_generation = serializers.IntegerField(allow_null=True)


class ReasonOut(serializers.Serializer[Any]):
    """Why something is as it is: `code` for programs, the rest for people."""

    code = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True, default="")
