"""Two equal requests with one Idempotency-Key at the same instant."""

from __future__ import annotations

import pytest

from apps.accounts.models import ApiToken
from apps.api.models import IdempotentRequest
from tests.factories import make_user
from tests.integration.api.calls import Caller
from tests.integration.api.racing import post_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_racing_requests_make_one_object() -> None:
    caller = Caller(make_user("script"))
    assert post_at_once(caller, 6) == [201] * 6
    assert (ApiToken.objects.filter(name="ci").count(), IdempotentRequest.objects.count()) == (1, 1)
