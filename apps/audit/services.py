"""Writes the audit trail. Call `record` last in a transaction: it holds the chain until the commit."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.models import AuditEvent, ChainHead
from apps.common.actors import Actor
from apps.common.request_context import current_context

CHAIN = "main"
HASHED_FIELDS = (
    "id", "sequence", "actor", "actor_id", "on_behalf_of", "verb", "object_type", "object_id", "object_name", "team",
    "cluster", "before", "after", "comment", "channel", "address", "token_id", "request_id", "previous_hash",
)  # fmt: skip


def record(
    verb: str,
    *,
    by: Actor,
    object_type: str,
    object_id: str,
    object_name: str,
    team: str = "",
    cluster: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    comment: str = "",
    on_behalf_of: str = "",
) -> AuditEvent:
    """Append one event inside the caller's transaction. `before` and `after` are plain JSON and never hold a secret."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record belongs inside the transaction of what it records")
    ChainHead.objects.get_or_create(name=CHAIN)
    head = ChainHead.objects.select_for_update().get(name=CHAIN)
    context = current_context()
    event = AuditEvent(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor=by.username,
        actor_id="" if by.pk is None else str(by.pk),
        on_behalf_of=on_behalf_of,
        verb=verb,
        object_type=object_type,
        object_id=str(object_id),
        object_name=object_name[:300],
        team=team,
        cluster=cluster,
        before=before,
        after=after,
        comment=comment,
        channel=context.channel,
        address=context.address,
        token_id=context.token_id,
        request_id=context.request_id,
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    ChainHead.objects.filter(name=CHAIN).update(sequence=event.sequence, hash=event.hash)
    return event


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the event's content and the hash before it."""
    content = {field: getattr(event, field) for field in HASHED_FIELDS} | {"at": event.at.isoformat()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def find_broken_link() -> AuditEvent | None:
    """The first event whose content or predecessor is not what its hash says; none when the chain is whole."""
    previous = ""
    for event in AuditEvent.objects.order_by("sequence").iterator():
        if event.previous_hash != previous or event_hash(event) != event.hash:
            return event
        previous = event.hash
    return None


def is_cut_short() -> bool:
    """Whether events are missing at the end: a chain can only tell of those that something follows."""
    head = ChainHead.objects.filter(name=CHAIN).first()
    last = AuditEvent.objects.order_by("-sequence").values_list("hash", flat=True).first()
    return head is not None and head.hash != (last or "")
