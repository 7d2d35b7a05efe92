"""The shape of every refusal (RFC 9457)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ViolationOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True, help_text="Dotted path, e.g. `paths.0.service_port`.")
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class ProblemOut(serializers.Serializer[Any]):
    """`code` is stable. Further members depend on it, e.g. `conflicts` or the present `state`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    instance = serializers.CharField()
    request_id = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True)
    errors = ViolationOut(many=True)  # type: ignore[assignment]  # a field, not the property
