"""The commands for encryption keys."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import AuditEvent
from apps.clusters import vault
from apps.clusters.models import ClusterCredential
from apps.kube.credentials import Credential
from tests.factories.clusters import make_cluster

pytestmark = pytest.mark.django_db


def test_new_key_prints_an_entry_for_the_ring(capsys):
    call_command("new_key", skip_checks=True)

    said = capsys.readouterr()
    assert len(vault.read_ring(said.out.strip()).ids) == 1
    assert said.err.startswith("Put it first in PORTICO_ENCRYPTION_KEYS")


def test_rotation_without_work_leaves_no_trace(capsys):
    call_command("rotate_keys", skip_checks=True)

    assert capsys.readouterr().out == "Key development: 0 re-wrapped now, 0 in all, 0 failed.\n"
    assert AuditEvent.objects.count() == 0


def test_rotation_fails_loudly_after_doing_what_it_can(settings, capsys):
    vault.seal(make_cluster("lost"), Credential(token="a"), ring=vault.read_ring(f"gone:{vault.new_key()}"))
    vault.seal(make_cluster("kept"), Credential(token="b"))
    settings.PORTICO_ENCRYPTION_KEYS = f"fresh:{vault.new_key()},{settings.PORTICO_ENCRYPTION_KEYS}"

    with pytest.raises(CommandError, match="lost: The encryption key “gone” is not in PORTICO_ENCRYPTION_KEYS"):
        call_command("rotate_keys", skip_checks=True)

    assert capsys.readouterr().out == "Key fresh: 1 re-wrapped now, 1 in all, 1 failed.\n"
    assert dict(ClusterCredential.objects.values_list("cluster__name", "key_id")) == {"lost": "gone", "kept": "fresh"}
