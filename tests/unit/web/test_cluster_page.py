"""What the page of a cluster says once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.clusters.models import Cluster
from apps.inventory.models import Collection
from apps.web.presenters.cluster_page import inventory_card, short_lines, trouble_card
from apps.web.presenters.clusters import CheckLine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SKIPPED = "Not tried, because an earlier step failed."


def line(kind: str, word: str, message: str = "", hint: str = "") -> CheckLine:
    return CheckLine(kind, word, message, hint, "")


def collection(kind: str, seconds: int | None, error: str = "") -> Collection:
    observed_at = None if seconds is None else NOW - timedelta(seconds=seconds)
    return Collection(kind=kind, observed_at=observed_at, error=error)


def down(status: str = "False", reason: str = "Unreachable") -> Cluster:
    condition = {
        "type": "Reachable" if reason == "Unreachable" else "Authorized",
        "status": status,
        "reason": reason,
        "message": "Nobody answers.",
        "last_transition_time": NOW.isoformat(),
    }
    return Cluster(name="dev-1", conditions=[condition])


def test_short_lines_puts_skipped_steps_into_one():
    failed = line("bad", "Connection", "Refused.")
    skipped = [line("", word, SKIPPED) for word in ("TLS", "Credential", "Version")]
    assert short_lines([failed, *skipped]) == [failed, line("", "TLS, Credential and Version", SKIPPED)]


def test_short_lines_leaves_a_single_skipped_step_alone():
    lines = [line("ok", "Rights"), line("", "Gateway API", "Not installed.")]
    assert short_lines(lines) == lines


def test_trouble_names_what_is_wrong_and_since_when():
    found = trouble_card(down())
    assert found is not None
    assert (found.title, found.message, found.since, found.needs_rights) == (
        "It cannot be reached.",
        "Nobody answers.",
        NOW,
        False,
    )


def test_trouble_with_rights_leads_to_the_manifest():
    found = trouble_card(down(reason="PermissionsMissing"))
    assert found is not None
    assert (found.title, found.needs_rights) == ("Its rights do not suffice.", True)


def test_trouble_is_none_while_all_is_well():
    assert trouble_card(down("True")) is None


def test_inventory_read_together_is_in_step():
    card = inventory_card([collection("Ingress", 70), collection("Secret", 5)])
    assert (card.is_in_step, card.read_at) == (True, NOW - timedelta(seconds=70))


def test_inventory_read_apart_or_never_is_not_in_step():
    assert not inventory_card([collection("Ingress", 900), collection("Secret", 5)]).is_in_step
    assert not inventory_card([collection("Ingress", None), collection("Secret", 5)]).is_in_step
    assert not inventory_card([]).is_in_step


def test_inventory_says_a_common_error_once_and_different_ones_not():
    common = [collection(kind, 5, "No answer.") for kind in ("Ingress", "Secret")]
    assert (inventory_card(common).error, inventory_card(common).is_in_step) == ("No answer.", False)
    assert inventory_card([collection("Ingress", 5, "No answer."), collection("Secret", 5)]).error == ""


def test_inventory_that_was_never_read_says_so_once():
    assert inventory_card([collection("Ingress", None), collection("Secret", None)]).was_never_read
    assert not inventory_card([collection("Ingress", None), collection("Secret", 5)]).was_never_read
