"""The steps of the preflight, the same wherever they are answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.problem import ViolationOut
from apps.exposures.policies import CHECKS, State


class PreflightStepOut(serializers.Serializer[Any]):
    """`unknown` is what cannot be said now, for example because the cluster does not answer; it is not `passed`.

    `observed_at` is set where old facts had to be used, `raw` holds the cluster's own words about a refusal.
    """

    name = serializers.ChoiceField([check.name for check in CHECKS])
    state = serializers.ChoiceField([str(state) for state in State])
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True, help_text="The next step.")
    field = serializers.CharField(allow_blank=True)
    elapsed_ms = serializers.FloatField()
    observed_at = serializers.DateTimeField(allow_null=True)
    raw = serializers.CharField(allow_blank=True)
    violations = ViolationOut(many=True)


class RequestChecksOut(serializers.Serializer[Any]):
    """As of now while the request can still be changed or decided, else as they were kept."""

    at = serializers.DateTimeField()
    is_now = serializers.BooleanField()
    steps = PreflightStepOut(many=True)
