"""The calendar's secret address: had once, replaced, taken back, dead with its owner's account."""

from __future__ import annotations

import pytest

from apps.accounts.services.people import set_user_active
from apps.audit.models import AuditEvent
from apps.common.errors import NotFound
from apps.notices.models import CalendarFeed
from apps.notices.selectors import calendar_feed_of
from apps.notices.services import open_feed, renew_calendar, revoke_calendar
from tests import factories

pytestmark = pytest.mark.django_db


def is_open(token: str) -> bool:
    try:
        open_feed(token)
    except NotFound:
        return False
    return True


def test_address_leads_to_its_owner_and_is_not_kept_in_plain():
    ada = factories.make_user("ada")
    token = renew_calendar(by=ada)
    assert open_feed(token) == ada
    feed = CalendarFeed.objects.get()
    assert token not in f"{feed.digest}{feed}"
    assert len(token) > 40


def test_new_address_kills_the_old_one():
    ada = factories.make_user("ada")
    old, new = renew_calendar(by=ada), renew_calendar(by=ada)
    assert (is_open(old), is_open(new)) == (False, True)


def test_revoked_address_is_dead_and_can_not_be_revoked_again():
    ada = factories.make_user("ada")
    token = renew_calendar(by=ada)
    revoke_calendar(by=ada)
    assert (is_open(token), calendar_feed_of(ada)) == (False, None)
    with pytest.raises(NotFound):
        revoke_calendar(by=ada)


def test_address_of_a_deactivated_person_is_dead():
    ada = factories.make_user("ada")
    token = renew_calendar(by=ada)
    set_user_active(by=factories.make_platform_admin(), user=ada, active=False)
    assert not is_open(token)


@pytest.mark.parametrize("token", ["", "ptcal_", "\x00", "x" * 5000])
def test_nonsense_opens_nothing(token):
    renew_calendar(by=factories.make_user())
    assert not is_open(token)


def test_reading_is_noted_at_most_once_a_minute():
    ada = factories.make_user("ada")
    token = renew_calendar(by=ada)
    open_feed(token)
    first = CalendarFeed.objects.get().read_at
    open_feed(token)
    assert first is not None
    assert CalendarFeed.objects.get().read_at == first


def test_each_step_is_audited_without_the_secret():
    ada = factories.make_user("ada")
    tokens = [renew_calendar(by=ada), renew_calendar(by=ada)]
    revoke_calendar(by=ada)
    events = list(AuditEvent.objects.order_by("sequence"))
    assert [event.verb for event in events] == ["calendar.created", "calendar.renewed", "calendar.revoked"]
    assert [token for token in tokens for event in events if token in str(vars(event))] == []
