"""The audit trail: who reads what, the filters, and an export that honours them."""

from __future__ import annotations

import csv

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.services import record
from apps.web.views import audit
from tests import factories

pytestmark = pytest.mark.django_db


def note(verb: str = "cluster.paused", *, by: User | None = None, **content) -> None:
    defaults = {"object_type": "cluster", "object_id": "cls_1", "object_name": "dev-1", "cluster": "dev-1"}
    with transaction.atomic():
        record(verb, by=by or factories.make_user(), **defaults | content)


@pytest.fixture
def auditor(client: Client) -> User:
    user = factories.make_user("auditor", is_auditor=True)
    client.force_login(user)
    return user


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('web:audit_list')}?{query}")
    return [row.event.verb for row in response.context["rows"]]


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{reverse('web:audit_export')}?{query}")
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


def test_trail_shows_auditors_everything_newest_first(client, auditor):
    note("cluster.paused")
    note("cluster.resumed")
    assert listed(client) == ["cluster.resumed", "cluster.paused"]


def test_trail_shows_others_their_teams_and_their_own_deeds(client):
    web = factories.make_team("web")
    ada = factories.make_user("ada", team=web)
    note("request.submit", team="web")
    note("request.approve", team="pay")
    note("token.created", by=ada)
    client.force_login(ada)
    assert listed(client) == ["token.created", "request.submit"]
    assert [row["verb"] for row in exported(client)] == ["token.created", "request.submit"]


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("verb=cluster.paused", ["cluster.paused"]),
        ("actor=grace", ["cluster.resumed"]),
        ("object_type=team", ["team.created"]),
        ("cluster=dev-2", ["team.created"]),
        ("q=upgrade", ["cluster.paused"]),
        ("since=2000-01-01&until=2000-12-31", []),
        ("since=2000-01-01", ["team.created", "cluster.resumed", "cluster.paused"]),
        ("since=yesterday", []),
        ("verb=nonsense", []),
    ],
)
def test_filters_of_page_and_export_agree(client, auditor, query, verbs):
    note("cluster.paused", comment="For the upgrade")
    note("cluster.resumed", by=factories.make_user("grace"))
    note("team.created", object_type="team", object_name="web", cluster="dev-2")
    assert listed(client, query) == verbs
    assert [row["verb"] for row in exported(client, query)] == verbs


def test_event_shows_what_changed(client, auditor):
    note(before={"entry": {"http_port": 80}, "same": 1}, after={"entry": {"http_port": 8080}, "same": 1})
    row = client.get(reverse("web:audit_list")).context["rows"][0]
    assert [(line.label, line.before, line.after) for line in row.changes] == [("Entry › HTTP port", "80", "8080")]
    assert row.url == reverse("web:cluster_detail", args=["dev-1"])


def test_export_disarms_formulas(client, auditor):
    note(comment="=HYPERLINK(1)")
    assert exported(client)[0]["comment"] == "'=HYPERLINK(1)"


def test_export_is_capped(client, auditor, monkeypatch):
    monkeypatch.setattr(audit, "EXPORT_LIMIT", 2)
    for _number in range(3):
        note()
    assert [row["sequence"] for row in exported(client)] == ["3", "2"]


def test_export_is_a_csv_file(client, auditor):
    response = client.get(reverse("web:audit_export"))
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="portico-audit.csv"',
    )


@pytest.mark.parametrize("count", [1, 3])
def test_trail_costs_the_same_for_one_and_many(client, auditor, count, django_assert_num_queries):
    for _number in range(count):
        note()
    with django_assert_num_queries(9):
        client.get(reverse("web:audit_list"))


def test_trail_is_for_people_who_are_signed_in(client):
    assert client.get(reverse("web:audit_list")).status_code == 302
