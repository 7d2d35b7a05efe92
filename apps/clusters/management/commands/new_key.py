"""Prints a fresh encryption key, and how to bring it into use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.clusters import vault

NEXT_STEPS = (
    "Put it first in PORTICO_ENCRYPTION_KEYS and keep the others behind it, separated by commas. "
    "Restart all processes, run `manage.py rotate_keys`, then remove the others."
)


class Command(BaseCommand):
    help = "Print a new `id:key` for PORTICO_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{timezone.now():%Y%m%d%H%M}:{vault.new_key()}")
        self.stderr.write(NEXT_STEPS)
