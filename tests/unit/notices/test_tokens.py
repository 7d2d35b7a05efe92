"""Whoever owns a token hears of its end a week ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import ApiToken, User
from apps.notices.models import Notice
from apps.notices.services.tokens import tell_expiring_tokens
from tests import factories

pytestmark = pytest.mark.django_db


def token(user: User, *, ends_in: timedelta, lives: timedelta = timedelta(days=90)) -> ApiToken:
    made, _plaintext = factories.make_token(user, expires_in=ends_in, name="pipeline")
    ApiToken.objects.filter(pk=made.pk).update(created=timezone.now() + ends_in - lives)
    return made


@pytest.mark.parametrize(
    ("ends_in", "lives", "told"),
    [
        (timedelta(days=6), timedelta(days=90), 1),
        (timedelta(minutes=1), timedelta(days=90), 1),
        (timedelta(days=8), timedelta(days=90), 0),
        (timedelta(minutes=-1), timedelta(days=90), 0),
        (timedelta(days=6), timedelta(days=7), 0),
    ],
)
def test_owner_is_told_within_the_last_week(ends_in, lives, told):
    token(factories.make_user("ada"), ends_in=ends_in, lives=lives)
    tell_expiring_tokens()
    tell_expiring_tokens()
    assert Notice.objects.count() == told


def test_notice_names_token_and_day_and_reaches_the_owner_alone():
    ada = factories.make_user("ada")
    factories.make_platform_admin()
    made = token(ada, ends_in=timedelta(days=6))
    tell_expiring_tokens()
    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject_id) == (ada, made.public_id)
    day = ApiToken.objects.get().expiry.date().isoformat()
    assert notice.sentence["params"] == {"name": "pipeline", "day": day}
