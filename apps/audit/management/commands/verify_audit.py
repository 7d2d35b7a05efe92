"""Reads the audit trail from its beginning and says whether its chain of hashes is whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.models import AuditEvent
from apps.audit.services import find_broken_link, is_cut_short


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail; fails with the first entry that does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = find_broken_link()
        if broken is not None:
            who = f"{broken.verb} by {broken.actor}"
            raise CommandError(f"Entry {broken.sequence} ({who}) does not fit the one before it.")
        if is_cut_short():
            raise CommandError("The newest entries are missing: the trail ends before the last one that was written.")
        self.stdout.write(f"{AuditEvent.objects.count()} entries, the chain is whole.")
