"""Reads of the audit trail. Whose events a person may read is for the caller to say: this app knows no users."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEvent


def all_events() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.newest_first()


def events_of(*, teams: Iterable[str], username: str) -> QuerySet[AuditEvent]:
    """The events of these teams, and what the person did elsewhere."""
    return AuditEvent.objects.newest_first().filter(Q(team__in=list(teams)) | Q(actor=username))


def search_events(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Narrow to events whose actor, verb, object or comment holds the text."""
    return events.filter(
        Q(actor__icontains=text) | Q(verb__icontains=text) | Q(object_name__icontains=text) | Q(comment__icontains=text)
    )
