"""Notices: told once (`telling`), read (`reading`), chosen (`choosing`), and the calendar's address (`calendar`)."""

from apps.notices.services.calendar import open_feed, renew_calendar, revoke_calendar
from apps.notices.services.choosing import choose_kinds
from apps.notices.services.reading import dismiss, forget_old, mark_all_read, mark_read
from apps.notices.services.telling import News, notify, notify_all

__all__ = [
    "News",
    "choose_kinds",
    "dismiss",
    "forget_old",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_all",
    "open_feed",
    "renew_calendar",
    "revoke_calendar",
]
