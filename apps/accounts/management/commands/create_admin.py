"""`manage.py create_admin NAME`: the first platform admin of a new installation, who then creates everyone else.

The password is read from PORTICO_ADMIN_PASSWORD or asked for, never taken from the command line, where others see it.
"""

from __future__ import annotations

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.services.people import create_user
from apps.common.actors import SystemActor
from apps.common.errors import PortalError

SETUP = SystemActor("system:setup")


class Command(BaseCommand):
    help = "Create a platform admin. The password comes from PORTICO_ADMIN_PASSWORD or is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, username: str, email: str, **options: Any) -> None:
        password = os.environ.get("PORTICO_ADMIN_PASSWORD") or getpass("Password: ")
        try:
            create_user(by=SETUP, username=username, email=email, password=password, is_platform_admin=True)
        except PortalError as error:
            reasons = [f"{violation.field}: {violation.message}" for violation in getattr(error, "errors", [])]
            raise CommandError(" ".join([error.message, *reasons])) from error
        self.stdout.write(f"Platform admin {username} was created.")
