"""Where a name points in DNS, and the records that lead it to the entry of its cluster."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.clusters.models import Cluster
from apps.common.said import shown
from apps.domains.dns.servers import OFF
from apps.domains.models import NameCheck
from apps.domains.records import Record, records_for


class RecordOut(serializers.Serializer[Any]):
    """`state` is `unknown` while nobody looked."""

    type = serializers.ChoiceField(["A", "AAAA", "CNAME"])
    name = serializers.CharField()
    value = serializers.CharField(help_text="What to set.")
    resolves_to = serializers.ListField(child=serializers.CharField(), help_text="What is there now.")
    state = serializers.ChoiceField(["set", "missing", "unknown"])
    checked_at = serializers.DateTimeField(allow_null=True)


class LinkOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    target = serializers.CharField()
    ttl = serializers.IntegerField()


class NameOut(serializers.Serializer[Any]):
    """What was found last; `status` says whether the name leads to the cluster's entry."""

    name = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(["True", "False", "Unknown"])
    reason = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    ttl = serializers.IntegerField(allow_null=True)
    chain = LinkOut(many=True)
    allowed_issuers = serializers.SerializerMethodField(
        help_text="The authorities that CAA records allow; null without such records."
    )
    records = RecordOut(many=True)

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "nullable": True})
    def get_allowed_issuers(self, name: dict[str, Any]) -> list[str] | None:
        issuers: dict[str, Any] | None = name["issuers"]
        return list(issuers["allowed"]) if issuers else None


def name_json(cluster: Cluster, name: str, check: NameCheck | None) -> dict[str, Any]:
    """The answer for a host, or for the cluster's wildcard."""
    found: dict[str, Any] = check.found if check else {}
    checked_at = check.checked_at if check else None
    rows = records_for(cluster, name, found) if name else []
    return {
        "name": name,
        "status": found.get("status", "Unknown"),
        "reason": found.get("reason", "NotChecked"),
        "message": shown(found) or _not_checked(name),
        "hint": gettext(found["hint"]) if found.get("hint") else "",
        "checked_at": checked_at,
        "ttl": found.get("ttl"),
        "chain": found.get("links", []),
        "issuers": found.get("issuers"),
        "records": [_record_json(row, check) for row in rows],
    }


def _not_checked(name: str) -> str:
    if not name:
        return gettext("The cluster has no wildcard domain.")
    if settings.PORTICO_RESOLVERS == OFF:
        return gettext("The portal does not ask DNS.")
    return gettext("Not checked yet.")


def _record_json(row: Record, check: NameCheck | None) -> dict[str, Any]:
    looked = check is not None and bool(check.found.get("addresses") or check.found.get("status") == "False")
    return {
        "type": row.type,
        "name": row.name,
        "value": row.value,
        "resolves_to": list(row.now),
        "state": ("set" if row.is_set else "missing") if looked else "unknown",
        "checked_at": check.checked_at if check else None,
    }
