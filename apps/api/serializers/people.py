"""Tokens, teams and oneself."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts.enums import Role, Scope
from apps.accounts.models import ApiToken
from apps.api.serializers.strict import StrictSerializer, Text, Whole


class TokenIn(StrictSerializer):
    name = Text(max_length=100)
    scopes = serializers.ListField(child=Text(max_length=40), max_length=40, help_text=", ".join(Scope.values))
    expires_in_days = Whole(default=90, min_value=1, max_value=365)
    allowed_networks = serializers.ListField(child=Text(max_length=50), max_length=20, default=list)


class TokenOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    allowed_networks = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    last_used_from = serializers.CharField(allow_blank=True)


class CreatedTokenOut(TokenOut):
    token = serializers.SerializerMethodField(help_text="Shown this once.")

    def get_token(self, token: ApiToken) -> str:
        return str(self.context["plaintext"])


class MemberOut(serializers.Serializer[Any]):
    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(Role.choices)


class LimitIn(StrictSerializer):
    exposure_limit = Whole(
        min_value=0,
        max_value=100_000,
        allow_null=True,
        help_text="How many exposures there may be; null for any number.",
    )


class TeamGrantOut(serializers.Serializer[Any]):
    cluster = serializers.CharField(source="cluster_name")
    namespace = serializers.CharField()
    exposure_limit = serializers.IntegerField(allow_null=True)


class GrantOut(serializers.Serializer[Any]):
    cluster = serializers.CharField(source="cluster_name")
    namespace = serializers.CharField()
    team = serializers.CharField(source="team.name")


class TeamOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    contact = serializers.CharField(allow_blank=True)
    members = MemberOut(many=True, source="memberships.all")
    exposure_limit = serializers.IntegerField(allow_null=True)
    grants = TeamGrantOut(many=True, source="grants.all")


class OwnTeamOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="team.name")
    role = serializers.ChoiceField(Role.choices)


class UserOut(serializers.Serializer[Any]):
    username = serializers.CharField()
    display_name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    is_platform_admin = serializers.BooleanField()
    is_auditor = serializers.BooleanField()
    language = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(allow_blank=True)


class MeOut(serializers.Serializer[Any]):
    """Who you are here, and what this token may be used for; `scopes` is null for a browser session."""

    user = UserOut()
    teams = OwnTeamOut(many=True)
    groups = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    grants = GrantOut(many=True)
