"""Zones, reserved names and the hosts that teams hold."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.strict import Prose, StrictSerializer, Text
from apps.domains.models import HostClaim


class ZoneIn(StrictSerializer):
    name = Text(max_length=400, help_text="The domain, for example `example.com`.")
    team = Text(max_length=63)
    approver_group = Text(max_length=63, help_text="Who decides on hosts in the zone.")


class ZoneChangeIn(StrictSerializer):
    approver_group = Text(max_length=63, help_text="Who decides on hosts in the zone from now on.")


class ZoneOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    team = serializers.CharField(source="team.name")
    approver_group = serializers.CharField(source="approver_group.name")


class ReservedHostIn(StrictSerializer):
    pattern = Text(max_length=400, help_text="A host, or `*.` and a domain for every name below it.")
    reason = Prose(max_length=200)


class ReservedHostOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    pattern = serializers.CharField()
    reason = serializers.CharField()


class ClaimUseOut(serializers.Serializer[Any]):
    exposure = serializers.CharField(source="pk")
    cluster = serializers.CharField(source="cluster.name")
    namespace = serializers.CharField()


class ClaimShareOut(serializers.Serializer[Any]):
    """Paths that another team has on the host, with the request in which the owner agreed."""

    team = serializers.CharField(source="exposure.team.name")
    contact = serializers.CharField(source="exposure.team.contact", allow_blank=True)
    cluster = serializers.CharField(source="exposure.cluster.name")
    paths = serializers.ListField(child=serializers.DictField())
    request = serializers.CharField(source="request_id", allow_blank=True)
    exposure = serializers.CharField(source="exposure_id", help_text="The guest’s; its team alone can read it.")
    granted_at = serializers.DateTimeField()
    withdrawn = serializers.BooleanField(source="is_withdrawn")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_because = serializers.CharField(allow_blank=True)


class ConsentWithdrawIn(StrictSerializer):
    reason = Prose(max_length=2000, help_text="The guest reads it.")


class HostClaimOut(serializers.Serializer[Any]):
    """A host, the team that holds it over all clusters, where it is exposed, and who else has paths on it."""

    id = serializers.CharField()
    host = serializers.CharField()
    team = serializers.CharField(source="team.name")
    claimed_at = serializers.DateTimeField()
    used_by = serializers.SerializerMethodField()
    shared_with = serializers.SerializerMethodField()

    @extend_schema_field(ClaimUseOut(many=True))
    def get_used_by(self, claim: HostClaim) -> Any:
        return ClaimUseOut(self.context["uses"].get(claim.host, []), many=True).data

    @extend_schema_field(ClaimShareOut(many=True))
    def get_shared_with(self, claim: HostClaim) -> Any:
        return ClaimShareOut(self.context["shares"].get(claim.host, []), many=True).data
