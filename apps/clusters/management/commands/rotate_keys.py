"""Brings every credential under the first key of the ring. Safe to interrupt and to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.audit.services import record
from apps.clusters import vault
from apps.common.actors import SystemActor

OPERATOR = SystemActor("system:rotate_keys")


class Command(BaseCommand):
    help = "Re-wrap the data keys of all cluster credentials with the first key of PORTICO_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        ring = vault.current_ring()
        rotation = vault.rotate(ring=ring)
        self.stdout.write(
            f"Key {ring.primary_id}: {rotation.rewrapped} re-wrapped now, {rotation.current} in all, "
            f"{len(rotation.failed)} failed."
        )
        if rotation.rewrapped:
            _record(ring.primary_id, rotation)
        if rotation.failed:
            raise CommandError("\n".join(rotation.failed))


def _record(key_id: str, rotation: vault.Rotation) -> None:
    after = {"key_id": key_id, "rewrapped": rotation.rewrapped, "failed": len(rotation.failed)}
    with transaction.atomic():
        record("keys.rotated", by=OPERATOR, object_type="key_ring", object_id=key_id, object_name=key_id, after=after)
