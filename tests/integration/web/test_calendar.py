"""The calendar of certificates: what its secret address gives, to whom, and until when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.notices.models import CalendarFeed
from apps.notices.services import renew_calendar
from apps.web import rates
from apps.web.views.calendar import PER_ADDRESS
from tests import factories

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster()


@pytest.fixture
def web(cluster: Cluster) -> Team:
    team = factories.make_team("web")
    factories.make_grant(team, cluster.name, "web")
    return team


@pytest.fixture
def ada(web: Team) -> User:
    return factories.make_user("ada", team=web)


def secret(cluster: Cluster, name: str = "shop-tls", **fields: Any) -> None:
    end = {"not_before": BEGIN, "not_after": BEGIN + timedelta(days=90)}
    factories.make_secret(cluster, name, **end | fields)


def address(user: User) -> str:
    return reverse("web:calendar_feed", args=[renew_calendar(by=user)])


def events(user: User) -> list[Any]:
    answer = Client().get(address(user))
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_event_stands_where_the_certificate_expires_with_an_alarm_at_its_last_tenth(cluster, ada):
    secret(cluster)
    [event] = events(ada)
    assert str(event["summary"]) == "shop.example.com expires"
    assert event["dtstart"].dt == BEGIN + timedelta(days=90)
    assert str(event["uid"]) == f"{'ab' * 32}@portico"
    assert str(event["description"]) == "Where: dev-1: web/shop-tls"
    assert str(event["url"]).endswith("/certificates/dev-1/web/shop-tls/")
    [alarm] = event.walk("VALARM")
    assert (str(alarm["action"]), alarm["trigger"].dt) == ("DISPLAY", timedelta(days=-9))


def test_feed_is_written_as_the_standard_wants(cluster, ada):
    name = "a-very-long-name-of-a-host-that-goes-on-and-on." * 4 + "example.com"
    secret(cluster, subject_names=[f"{name}"], fingerprint_sha256="")
    secret(cluster, "odd,tls", subject_names=["comma, semicolon; back\\slash.example.com"])
    secret(cluster, "long-tls", subject_names=[name], fingerprint_sha256="CD")
    content = Client().get(address(ada)).content
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert b"VERSION:2.0" in lines
    assert b"SUMMARY:comma\\, semicolon\\; back\\\\slash.example.com expires" in content
    assert len(re.findall(rb"DTSTAMP:\d{8}T\d{6}Z", content)) == 2
    unfolded = content.replace(b"\r\n ", b"")
    assert name.encode() + b" expires" in unfolded


def test_copies_are_one_event_that_names_their_places_and_hosts(cluster, ada, web):
    secret(cluster)
    secret(cluster, "shop-copy-tls")
    exposure = factories.make_exposure(cluster, web, host="shop.example.com")
    spec = factories.spec_json("shop.example.com", tls={"secret_name": "shop-tls"})
    exposure.live_revision = factories.make_revision(exposure, spec=spec)
    exposure.save()
    [event] = events(ada)
    assert str(event["description"]) == (
        "Where: dev-1: web/shop-copy-tls, dev-1: web/shop-tls\nUsed by: shop.example.com"
    )


def test_feed_shows_what_its_owner_may_see_at_that_moment(cluster, ada, web):
    secret(cluster)
    secret(cluster, "hidden-tls", namespace="pay", fingerprint_sha256="CD")
    url = address(ada)
    assert Client().get(url).content.count(b"BEGIN:VEVENT") == 1
    web.memberships.all().delete()
    assert Client().get(url).content.count(b"BEGIN:VEVENT") == 0


@pytest.mark.parametrize(("expired_for", "shown"), [(timedelta(days=29), 1), (timedelta(days=31), 0)])
def test_what_expired_long_ago_is_left_out(cluster, ada, expired_for, shown):
    now = timezone.now()
    secret(cluster, not_before=now - timedelta(days=100), not_after=now - expired_for)
    assert len(events(ada)) == shown


@pytest.mark.parametrize(
    ("language", "summary"), [("en", "shop.example.com expires"), ("", "shop.example.com expires")]
)
def test_feed_speaks_the_language_of_its_owner(cluster, ada, language, summary):
    ada.language = language
    ada.save()
    secret(cluster)
    assert str(events(ada)[0]["summary"]) == summary


def test_feed_needs_no_session_and_is_kept_nowhere(cluster, ada):
    answer = Client().get(address(ada))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.cookies == {}
    assert CalendarFeed.objects.get().read_at is not None


def test_dead_addresses_are_not_there(cluster, ada):
    old = address(ada)
    current = address(ada)
    assert (Client().get(old).status_code, Client().get(current).status_code) == (404, 200)
    ada.is_active = False
    ada.save()
    assert Client().get(current).status_code == 404


def test_guessing_is_slowed_down(ada, monkeypatch):
    # A minute of its own: other tests count in the present one, and one that ends in between would count anew.
    monkeypatch.setattr(rates, "time", SimpleNamespace(time=lambda: 0.0))
    client = Client()
    statuses = [client.get("/certificates/calendar/guess.ics").status_code for _ in range(PER_ADDRESS.requests + 1)]
    assert statuses == [404] * PER_ADDRESS.requests + [429]


@pytest.mark.parametrize("count", [1, 3])
def test_feed_costs_the_same_for_any_number(cluster, ada, count, django_assert_num_queries):
    """Whose it is, that it was read; certificates with their clusters; uses by exposures and by Ingresses."""
    for number in range(count):
        secret(cluster, f"tls-{number}", fingerprint_sha256=f"F{number}")
    url = address(ada)
    with django_assert_num_queries(6):
        Client().get(url)


def test_address_is_shown_once(client, ada):
    client.force_login(ada)
    page = reverse("web:calendar_address")
    assert "Make an address" in client.get(page).text
    answer = client.post(reverse("web:calendar_renew"))
    assert answer.status_code == 201
    assert "no-store" in answer.headers["Cache-Control"]
    [url] = set(re.findall(r"https?://[^<\"]+/certificates/calendar/[\w-]+\.ics", answer.text))
    assert Client().get(url).status_code == 200
    again = client.get(page).text
    assert "Replace the address" in again
    assert ".ics" not in again


def test_revoking_asks_first(client, ada):
    client.force_login(ada)
    url = address(ada)
    revoke = reverse("web:calendar_revoke")
    assert "get nothing any more" in client.get(revoke).text
    assert Client().get(url).status_code == 200
    assert client.post(revoke).headers["Location"] == reverse("web:calendar_address")
    assert Client().get(url).status_code == 404
    assert client.post(revoke).status_code == 404


def test_list_of_certificates_leads_here(client, ada):
    client.force_login(ada)
    assert reverse("web:calendar_address") in client.get(reverse("web:certificate_list")).text
