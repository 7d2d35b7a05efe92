"""What is in a cluster, as last seen."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.common import ReasonOut
from apps.api.serializers.strict import ListQuery, QuerySerializer, SearchQuery, StrictSerializer, Text


class NamespaceOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField())


class ServicePortOut(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True, allow_null=True, default=None)
    port = serializers.IntegerField()
    protocol = serializers.CharField(default="TCP")
    app_protocol = serializers.CharField(allow_null=True, default=None)


class ServiceOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    ports = ServicePortOut(many=True)
    ready_endpoints = serializers.IntegerField()
    labels = serializers.DictField(child=serializers.CharField())


class IngressClassOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    controller = serializers.CharField()
    is_default = serializers.BooleanField()


class CertificateOut(serializers.Serializer[Any]):
    """The public part of a TLS Secret; `covers_host` is null when no host was asked about."""

    secret_name = serializers.CharField()
    usable = serializers.BooleanField()
    covers_host = serializers.BooleanField(allow_null=True)
    subject_names = serializers.ListField(child=serializers.CharField())
    issuer = serializers.CharField(allow_blank=True)
    not_before = serializers.DateTimeField(allow_null=True)
    not_after = serializers.DateTimeField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    fingerprint_sha256 = serializers.CharField(allow_blank=True)
    key_type = serializers.CharField(allow_blank=True)
    used_by = serializers.ListField(child=serializers.CharField())
    reasons = ReasonOut(many=True)
    warnings = ReasonOut(many=True)
    may_be_copied = serializers.BooleanField(
        help_text="An Opaque Secret, of which a kubernetes.io/tls copy can be tried."
    )


class CertificateIn(StrictSerializer):
    """PEM: the chain, the server's own certificate first, and its key, which goes to the cluster and nowhere else."""

    name = Text(
        max_length=253, help_text="The Secret is called <name>-<day>; the day of an earlier upload is left out."
    )
    certificate = Text(max_length=500_000)
    private_key = Text(write_only=True, max_length=100_000)


class CertificateCopyIn(StrictSerializer):
    """With `host` the copy is refused unless it covers the host."""

    from_secret = Text(max_length=253)
    host = Text(allow_blank=True, max_length=1000, default="")


class InventoryQuery(SearchQuery):
    """Names are searched; the order is by name unless asked otherwise."""


class CertificateQuery(ListQuery):
    search = serializers.CharField(required=False, max_length=200, default="")
    host = serializers.CharField(required=False, max_length=1000, default="")
    include = serializers.ChoiceField(["rejected"], required=False)


class RefreshOut(serializers.Serializer[Any]):
    """`ran` is false when another refresh was still at it; `errors` says per kind why its rows are old."""

    ran = serializers.BooleanField()
    errors = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]  # a field


class HostQuery(QuerySerializer):
    cluster = serializers.CharField(required=False, max_length=63)


class OwnerOut(serializers.Serializer[Any]):
    team = serializers.CharField()
    contact = serializers.CharField(allow_blank=True)


class ConflictOut(serializers.Serializer[Any]):
    host = serializers.CharField()
    path = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(["exact", "wildcard", "path", "live_object"])
    cluster = serializers.CharField(allow_null=True)
    owner = OwnerOut(allow_null=True)
    exposure = serializers.CharField(allow_null=True)


class AvailabilityOut(serializers.Serializer[Any]):
    host = serializers.CharField()
    state = serializers.ChoiceField(["free", "taken", "reserved", "not_allowed"])
    needs_approval = serializers.BooleanField()
    conflicts = ConflictOut(many=True)
    owner = OwnerOut(allow_null=True)


class OptionOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    grammar = serializers.CharField()
    default = serializers.JSONField(help_text="null leaves it to the controller")
    risk = serializers.ChoiceField(["low", "medium", "high"])
    controllers = serializers.ListField(child=serializers.CharField(), help_text="spec.controller of the class")
    description = serializers.CharField()
