"""What is kept of a check of DNS, when it is repeated, and the condition of the cluster."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.domains import tasks
from apps.domains.models import NameCheck
from apps.domains.services_dns import (
    LEASE,
    check_cluster_wildcard,
    check_name,
    claim_due_wildcards,
    claim_name,
    pause_after,
)
from tests import factories
from tests.unit.domains.dns.conftest import serve
from tests.unit.domains.dns.responder import Responder, reply, zone

__all__ = ["serve"]

pytestmark = pytest.mark.django_db
HOST = "shop.example.com"
NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster()


def ask_at(settings, responder: Responder) -> None:
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{responder.server.port}"


def wildcard_zone(address: str):
    def answer(query, over_tcp):
        return reply(query, f"{query.question[0].name.to_text(omit_final_dot=True)} 60 A {address}")

    return answer


def condition(cluster: Cluster) -> tuple[str, str, str] | None:
    found = [each for each in Cluster.objects.get(pk=cluster.pk).conditions if each["type"] == "WildcardResolves"]
    return (found[0]["status"], found[0]["reason"], found[0]["message"]) if found else None


def test_answer_is_kept_with_its_chain_and_its_sentence(cluster, settings, serve):
    records = [f"{HOST} 300 CNAME in.example.net.", "in.example.net 60 A 10.0.0.10"]
    ask_at(settings, serve(zone(*records, 'example.com 60 CAA 0 issue "ca.example.net"')))
    check_name(cluster=cluster, name=HOST)
    assert NameCheck.objects.get().found == {
        "status": "True",
        "reason": "PointsAtEntry",
        "message": "shop.example.com resolves to the cluster's entry.",
        "message_id": "%(name)s resolves to the cluster's entry.",
        "params": {"name": HOST},
        "hint": "",
        "addresses": ["10.0.0.10"],
        "ttl": 60,
        "links": [{"name": HOST, "target": "in.example.net", "ttl": 300}],
        "expected": ["10.0.0.10"],
        "issuers": {"at": "example.com", "allowed": ["ca.example.net"]},
    }


def test_what_stays_is_asked_for_ever_more_rarely(cluster, settings, serve):
    ask_at(settings, serve(zone(f"{HOST} 60 A 10.0.0.10")))
    pauses = []
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            row = check_name(cluster=cluster, name=HOST)
            pauses.append(row.due_at - timezone.now())
            clock.shift(timedelta(hours=1))
    assert pauses == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]


def test_change_starts_the_pauses_anew(cluster, settings, serve):
    ask_at(settings, serve(zone(f"{HOST} 60 A 10.0.0.10")))
    with time_machine.travel(NOON, tick=False) as clock:
        check_name(cluster=cluster, name=HOST)
        clock.shift(60)
        assert check_name(cluster=cluster, name=HOST).steady == 1
        ask_at(settings, serve(zone()))
        clock.shift(60)
        row = check_name(cluster=cluster, name=HOST)
        assert (row.steady, row.due_at - timezone.now()) == (0, timedelta(seconds=30))


@pytest.mark.parametrize(
    ("status", "steady", "pause"),
    [("True", 99, timedelta(hours=6)), ("False", 99, timedelta(minutes=30)), ("Unknown", 1, timedelta(minutes=1))],
)
def test_pauses_have_an_end(status, steady, pause):
    assert pause_after(status, steady) == pause


def test_answer_of_just_now_is_given_again(cluster, settings, serve):
    responder = serve(zone(f"{HOST} 60 A 10.0.0.10"))
    ask_at(settings, responder)
    with time_machine.travel(NOON, tick=False):
        check_name(cluster=cluster, name=HOST)
        asked = len(responder.asked)
        check_name(cluster=cluster, name=HOST)
    assert len(responder.asked) == asked


def test_nobody_is_asked_when_resolvers_are_off(cluster):
    found = check_name(cluster=cluster, name=HOST).found
    assert (found["status"], found["reason"]) == ("Unknown", "Off")
    assert found["message"] == "DNS is not asked, because the portal's name servers are switched off."


def test_due_name_is_given_to_one_caller(cluster):
    claim = {"cluster_id": cluster.pk, "name": HOST}
    assert [claim_name(**claim, now=NOON) for _ in range(2)] == [True, False]
    assert claim_name(**claim, now=NOON + LEASE)


def test_wildcard_becomes_a_condition_of_the_cluster(cluster, settings, serve):
    ask_at(settings, serve(wildcard_zone("10.0.0.10")))
    check_cluster_wildcard(cluster.pk)
    assert condition(cluster) == ("True", "PointsAtEntry", "*.dev.example.net resolves to the cluster's entry.")


def test_wildcard_that_leads_elsewhere_is_told(cluster, settings, serve):
    ask_at(settings, serve(wildcard_zone("192.0.2.1")))
    check_cluster_wildcard(cluster.pk)
    expected = "*.dev.example.net resolves to 192.0.2.1, which is not the cluster's entry."
    assert condition(cluster) == ("False", "Elsewhere", expected)


def test_condition_goes_with_the_wildcard(cluster):
    check_cluster_wildcard(cluster.pk)
    Cluster.objects.update(wildcard_domain="")
    assert claim_due_wildcards(timezone.now()) == [cluster.pk]
    check_cluster_wildcard(cluster.pk)
    assert condition(cluster) is None
    assert claim_due_wildcards(timezone.now()) == []


def test_retired_cluster_is_left_alone(cluster):
    Cluster.objects.update(retired_at=timezone.now())
    check_cluster_wildcard(cluster.pk)
    assert (NameCheck.objects.count(), claim_due_wildcards(timezone.now())) == (0, [])


def test_other_entry_makes_every_check_of_the_cluster_due(cluster, settings, serve):
    ask_at(settings, serve(wildcard_zone("10.0.0.10")))
    with time_machine.travel(NOON, tick=False):
        check_cluster_wildcard(cluster.pk)
        check_name(cluster=cluster, name=HOST)
        assert claim_due_wildcards(timezone.now()) == []
        cluster.entry = {"addresses": ["10.0.0.99"]}
        cluster.save()
        assert claim_due_wildcards(timezone.now()) == [cluster.pk]
        assert claim_name(cluster_id=cluster.pk, name=HOST, now=timezone.now())


def test_checks_of_long_ago_are_forgotten(cluster):
    with time_machine.travel(NOON - timedelta(days=31), tick=False):
        check_name(cluster=cluster, name="gone.example.com")
    claim_due_wildcards(NOON)
    assert [row.name for row in NameCheck.objects.all()] == ["*.dev.example.net"]


def test_schedule_fans_out_ids_only(cluster, monkeypatch):
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks, "dispatch", lambda *message: sent.append(message))
    tasks.check_wildcards()
    tasks.check_wildcards()
    assert sent == [("apps.domains.tasks.check_wildcard", cluster.pk)]
    tasks.check_wildcard(cluster.pk)
    assert condition(cluster) is not None
