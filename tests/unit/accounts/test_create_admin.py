"""The command that makes the first platform admin."""

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


def test_create_admin_makes_one_and_records(monkeypatch, capsys):
    monkeypatch.setenv("PORTICO_ADMIN_PASSWORD", "correct-horse-battery")
    call_command("create_admin", "root", email="root@example.com", skip_checks=True)
    user = User.objects.get()
    assert (user.username, user.is_platform_admin, user.check_password("correct-horse-battery")) == ("root", True, True)
    assert AuditEvent.objects.get().actor == "system:setup"
    assert capsys.readouterr().out == "Platform admin root was created.\n"


def test_create_admin_tells_what_is_wrong(monkeypatch):
    monkeypatch.setenv("PORTICO_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="password: This password is too short"):
        call_command("create_admin", "root", skip_checks=True)
    assert not User.objects.exists()


def test_create_admin_with_a_taken_name_fails(monkeypatch):
    factories.make_user("root")
    monkeypatch.setenv("PORTICO_ADMIN_PASSWORD", "correct-horse-battery")
    with pytest.raises(CommandError, match="taken"):
        call_command("create_admin", "root", skip_checks=True)
