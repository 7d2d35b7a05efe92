"""Notices as their reader may see them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.strict import Choice, ListQuery, QueryFlag
from apps.notices.enums import NoticeKind, SubjectType


class NoticeQuery(ListQuery):
    unread = QueryFlag(help_text="Only what was not read.")
    kind = Choice(NoticeKind.choices, required=False)


class SubjectOut(serializers.Serializer[Any]):
    type = serializers.ChoiceField(SubjectType.choices)
    id = serializers.CharField(
        help_text="The id of an exposure, request or token, the name of a cluster or team, "
        "of a certificate cluster/namespace/name."
    )


class NoticeOut(serializers.Serializer[Any]):
    """`subject` is null and `message` withheld once you may no longer see what it is about."""

    id = serializers.CharField(source="notice.pk")
    kind = serializers.ChoiceField(NoticeKind.choices, source="notice.kind")
    message = serializers.CharField(source="sentence")
    subject = SubjectOut(source="known_subject", allow_null=True)
    created_at = serializers.DateTimeField(source="notice.created_at")
    read_at = serializers.DateTimeField(source="notice.read_at", allow_null=True)


class AllReadOut(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were unread.")
