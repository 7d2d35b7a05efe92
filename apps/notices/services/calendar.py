"""The secret address of a person's calendar: made, replaced and taken back by the person alone.

A calendar program has no session, so the address is the credential: 256 random bits, of which only the digest is kept.
It dies with its owner's account.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.common.errors import NotFound
from apps.notices.models import CalendarFeed

PREFIX = "ptcal_"
TOUCH_EVERY = timedelta(minutes=1)


@transaction.atomic
def renew_calendar(*, by: User) -> str:
    """A new address, of which this is the secret part, to be had this once; the one before it is dead."""
    User.objects.select_for_update().get(pk=by.pk)
    token = PREFIX + secrets.token_urlsafe(32)
    replaced, _rows = CalendarFeed.objects.filter(user=by).delete()
    CalendarFeed.objects.create(user=by, digest=_digest(token))
    _record("calendar.renewed" if replaced else "calendar.created", by)
    return token


@transaction.atomic
def revoke_calendar(*, by: User) -> None:
    """Calendars that subscribed get nothing any more."""
    deleted, _rows = CalendarFeed.objects.filter(user=by).delete()
    if not deleted:
        raise NotFound(_("You have no calendar address."), code="calendar_not_found")
    _record("calendar.revoked", by)


def open_feed(token: str) -> User:
    """Whose calendar this address is; NotFound when it is nobody's any more, or its owner was deactivated."""
    feed = CalendarFeed.objects.select_related("user").filter(digest=_digest(token), user__is_active=True).first()
    if feed is None:
        raise NotFound(_("There is no such calendar."), code="calendar_not_found")
    now = timezone.now()
    if feed.read_at is None or feed.read_at <= now - TOUCH_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    return feed.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(verb: str, by: User) -> None:
    record(verb, by=by, object_type="calendar", object_id=str(by.pk), object_name=by.username)
