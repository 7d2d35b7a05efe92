"""Audit events as they were written, with the hashes that chain them."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.serializers.strict import QuerySerializer, SearchQuery
from apps.audit.models import AuditEvent

# In the order of the columns of an export.
FIELDS = (
    "sequence", "id", "at", "actor", "on_behalf_of", "verb", "object_type", "object_id", "object_name", "team",
    "cluster", "before", "after", "comment", "channel", "address", "token_id", "request_id", "previous_hash", "hash",
)  # fmt: skip


class AuditEventOut(serializers.ModelSerializer[AuditEvent]):
    before = serializers.JSONField()
    after = serializers.JSONField()

    class Meta:
        model = AuditEvent
        fields = FIELDS
        read_only_fields = FIELDS


class AuditFilters(QuerySerializer):
    actor = serializers.CharField(required=False, max_length=150)
    verb = serializers.CharField(required=False, max_length=60)
    team = serializers.CharField(required=False, max_length=80)
    cluster = serializers.CharField(required=False, max_length=63)
    object_type = serializers.CharField(required=False, max_length=40)
    object_id = serializers.CharField(required=False, max_length=80)
    token_id = serializers.CharField(required=False, max_length=40)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class AuditQuery(SearchQuery, AuditFilters):
    """Filters of the list."""


class AuditExportQuery(AuditFilters):
    search = serializers.CharField(required=False, allow_blank=True, max_length=200)
    # Not `format`: DRF would take that as a wish for another renderer.
    file_type = serializers.ChoiceField(["csv", "jsonl"], required=False, default="jsonl")
