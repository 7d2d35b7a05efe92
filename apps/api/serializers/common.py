"""Shapes that several nouns share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from apps.common.said import shown, shown_reason


class SaidField(serializers.CharField):
    """The stored sentence of an entry, in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return shown(value)


class HintField(serializers.CharField):
    """A stored next step: a constant text, in the reader's language."""

    def to_representation(self, value: Any) -> str:
        return gettext(value) if value else ""


class ConditionOut(serializers.Serializer[Any]):
    type = serializers.CharField()
    status = serializers.ChoiceField(["True", "False", "Unknown"])
    reason = serializers.CharField(allow_blank=True)
    message = SaidField()
    last_transition_time = serializers.CharField()
    observed_generation = serializers.IntegerField(allow_null=True)


class ReasonOut(serializers.Serializer[Any]):
    """Why something is as it is: `code` for programs, the rest for people."""

    code = serializers.CharField()
    message = SaidField()
    hint = serializers.SerializerMethodField()

    def get_hint(self, reason: dict[str, Any]) -> str:
        return (shown_reason(reason) or {}).get("hint", "")
