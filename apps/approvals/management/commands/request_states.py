"""Writes docs/reference/request-states.md, or with --check says whether it is current."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.approvals.diagram import render_diagram

PLACE = settings.BASE_DIR / "docs" / "reference" / "request-states.md"


class Command(BaseCommand):
    help = "Write the state diagram of change requests; --check fails when the file is out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        diagram = render_diagram()
        if not options["check"]:
            PLACE.write_text(diagram, encoding="utf-8")
        elif not PLACE.exists() or PLACE.read_text(encoding="utf-8") != diagram:
            raise CommandError(f"{PLACE} is out of date: run manage.py request_states")
