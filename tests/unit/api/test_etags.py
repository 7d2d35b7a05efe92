"""Entity tags and If-Match."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from apps.api.etags import PreconditionFailed, check_if_match, etag_of

CURRENT = etag_of("exp_1", 3, None)


def given(value: str | None) -> Request:
    headers = {} if value is None else {"If-Match": value}
    return Request(RequestFactory().put("/", headers=headers))


def test_equal_parts_have_equal_tags():
    assert etag_of("exp_1", 3, None) == CURRENT
    assert etag_of("exp_1", 4, None) != CURRENT
    assert CURRENT.startswith('"')


@pytest.mark.parametrize("value", [None, "*", CURRENT, f"W/{CURRENT}", f'"other", {CURRENT}'])
def test_the_present_version_passes(value: str | None):
    check_if_match(given(value), CURRENT)


@pytest.mark.parametrize("value", ['"other"', CURRENT.strip('"'), '"a", "b"', "nonsense"])
def test_another_version_fails(value: str):
    with pytest.raises(PreconditionFailed) as caught:
        check_if_match(given(value), CURRENT)
    assert (caught.value.status, caught.value.fields) == (412, {"etag": CURRENT})
