"""Clusters: a credential goes in and never comes out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.common import ConditionOut, HintField, SaidField
from apps.api.serializers.strict import Choice, Prose, SearchQuery, StrictSerializer, Text, Whole
from apps.clusters.enums import Environment


class EntryIn(StrictSerializer):
    """What DNS must point at."""

    addresses = serializers.ListField(child=Text(max_length=253), required=False, max_length=20)
    http_port = Whole(min_value=1, max_value=65535, required=False)
    https_port = Whole(min_value=1, max_value=65535, required=False)


class ClusterSettingsIn(StrictSerializer):
    """What may change later; a field that is left out stays as it is."""

    environment = Choice(Environment.choices, required=False)
    wildcard_domain = Text(allow_blank=True, allow_null=True, max_length=253, required=False)
    entry = EntryIn(required=False, allow_null=True)
    default_ingress_class_name = Text(allow_blank=True, allow_null=True, max_length=253, required=False)


class ClusterReplaceIn(ClusterSettingsIn):
    """The whole configuration; what is left out goes back to its default."""

    environment = Choice(Environment.choices)
    wildcard_domain = Text(allow_blank=True, allow_null=True, max_length=253, default="")
    entry = EntryIn(default=dict, allow_null=True)
    default_ingress_class_name = Text(allow_blank=True, allow_null=True, max_length=253, default="")


class CredentialIn(StrictSerializer):
    """A kubeconfig, or endpoint, certificate authority and token."""

    kubeconfig = Text(required=False, allow_null=True, write_only=True, help_text="At most 1 MiB.")
    context = Text(required=False, allow_null=True, max_length=253)  # type: ignore[assignment]  # a field
    endpoint = Text(required=False, allow_null=True, max_length=300)
    certificate_authority = Text(required=False, allow_null=True, write_only=True, max_length=200_000)
    token = Text(required=False, allow_null=True, write_only=True, max_length=20_000)
    tls_server_name = Text(required=False, allow_null=True, allow_blank=True, max_length=253)


class ClusterIn(ClusterReplaceIn, CredentialIn):
    name = Text(max_length=63)


class PauseIn(StrictSerializer):
    reason = Prose(max_length=300)


class EntryOut(serializers.Serializer[Any]):
    addresses = serializers.ListField(child=serializers.CharField(), default=list)
    http_port = serializers.IntegerField(default=80)
    https_port = serializers.IntegerField(default=443)


class ClusterOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    environment = serializers.ChoiceField(Environment.choices)
    endpoint = serializers.CharField()
    wildcard_domain = serializers.CharField(allow_blank=True)
    entry = EntryOut()
    default_ingress_class_name = serializers.CharField(allow_blank=True)
    version = serializers.CharField(allow_blank=True)
    latency_ms = serializers.IntegerField(allow_null=True)
    conditions = ConditionOut(many=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    paused = serializers.BooleanField(source="is_paused")
    pause_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class CheckStepOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.ChoiceField(["passed", "failed", "warning", "skipped"])
    message = SaidField()
    hint = HintField(allow_blank=True)
    elapsed_ms = serializers.IntegerField(allow_null=True)


class CheckOut(serializers.Serializer[Any]):
    steps = CheckStepOut(many=True, source="last_check")
    reachable = serializers.BooleanField(source="is_reachable")
    version = serializers.CharField(allow_blank=True)
    latency_ms = serializers.IntegerField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)


class ClusterQuery(SearchQuery):
    environment = serializers.ChoiceField(Environment.choices, required=False)
