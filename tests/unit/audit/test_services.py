"""The trail is a chain: whatever is altered, put in or taken out of it shows."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from apps.audit.models import AuditEvent, ChainHead
from apps.audit.services import find_broken_link, is_cut_short, record
from apps.common.actors import SystemActor

ANN = SystemActor("ann")


def note(verb: str) -> AuditEvent:
    return record(verb, by=ANN, object_type="team", object_id="team_1", object_name="web")


def forge(sequence: int, previous_hash: str, own_hash: str) -> None:
    """A row as somebody with access to the database would put it in."""
    AuditEvent.objects.create(
        sequence=sequence,
        at=timezone.now(),
        actor="mallory",
        verb="team.update",
        object_type="team",
        object_id="team_1",
        object_name="web",
        channel="web",
        previous_hash=previous_hash,
        hash=own_hash,
    )


@pytest.mark.django_db
def test_each_event_carries_the_hash_of_the_one_before() -> None:
    first, second = note("team.create"), note("team.update")

    assert (first.previous_hash, second.previous_hash) == ("", first.hash)
    assert find_broken_link() is None


@pytest.mark.django_db
def test_forged_event_is_found_even_if_it_names_the_right_predecessor() -> None:
    last = note("team.create")
    forge(2, last.hash, "sha256:made-up")

    broken = find_broken_link()

    assert broken is not None
    assert (broken.sequence, broken.actor) == (2, "mallory")


@pytest.mark.django_db
def test_gap_is_found_at_the_event_after_it() -> None:
    forge(1, "sha256:of-one-that-is-gone", "sha256:made-up")

    broken = find_broken_link()

    assert broken is not None
    assert broken.sequence == 1


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        note("team.create")


@pytest.mark.django_db
def test_command_counts_a_whole_chain_and_fails_on_a_broken_one() -> None:
    said = StringIO()
    last = note("team.create")
    call_command("verify_audit", stdout=said)
    assert said.getvalue() == "1 entries, the chain is whole.\n"

    forge(2, last.hash, "sha256:made-up")
    with pytest.raises(CommandError, match=r"Entry 2 \(team.update by mallory\)"):
        call_command("verify_audit")


@pytest.mark.django_db
def test_events_missing_at_the_end_are_noticed() -> None:
    note("team.create")
    assert not is_cut_short()

    ChainHead.objects.update(sequence=2, hash="sha256:of-the-event-that-is-gone")

    assert find_broken_link() is None
    assert is_cut_short()
    with pytest.raises(CommandError, match="newest entries are missing"):
        call_command("verify_audit")
