"""Tells people that one of their API tokens ends soon, while there is time to make another."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import ApiToken
from apps.common.said import say
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services.telling import News, notify_all
from apps.notices.subjects import Subject

AHEAD = timedelta(days=7)
EXPIRES = _n("Your API token %(name)s expires on %(day)s. Make another before whatever uses it is refused.")


def tell_expiring_tokens() -> None:
    """Of tokens that end within a week; whoever made one for less than that knows."""
    now = timezone.now()
    long_lived = ApiToken.objects.filter(expiry__gt=F("created") + AHEAD)
    due = long_lived.filter(expiry__gt=now, expiry__lte=now + AHEAD).order_by("public_id")
    notify_all(kind=NoticeKind.TOKEN_EXPIRING, news=[_news(token) for token in due])


def _news(token: ApiToken) -> News:
    return News(
        to={token.user_id},
        sentence=say(EXPIRES, name=token.name, day=token.expiry.date().isoformat()),
        subject=Subject(SubjectType.TOKEN, token.public_id),
        once_key=token.public_id,
    )
