"""What stands on a page stays where it is when the browser takes over telling how long ago something was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from apps.approvals.models import ChangeRequest
from tests import factories
from tests.browser.web.conftest import PHONE, WIDE

CELLS = "() => [...document.querySelectorAll('main :is(.chip, td)')].map((it) => it.getBoundingClientRect())"
# Text ends on fractions of pixels.
NEAR = 1
EMPTY = {"body": "", "content_type": "text/javascript"}


@pytest.fixture
def auditor(transactional_db):
    """Sees three requests."""
    cluster, team = factories.make_cluster(), factories.make_team("web")
    for number in range(3):
        factories.make_change_request(factories.make_exposure(cluster, team, host=f"shop-{number}.dev.example.net"))
    return factories.make_auditor("eva")


def loaded(page: Page, *, without: str = "") -> list[dict[str, float]]:
    if without:
        page.route(f"**/{without}*", lambda route: route.fulfill(**EMPTY))
    page.reload(wait_until="networkidle")
    return page.evaluate(CELLS)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("age", [timedelta(hours=1, minutes=7), timedelta(days=1, hours=3)], ids=["hour", "day"])
def test_nothing_moves_when_the_browser_tells_the_time(auditor, open_as, age, size):
    ChangeRequest.objects.update(state="done", submitted_at=timezone.now() - age)
    page = open_as(auditor, "/requests/?view=all", size)
    after = loaded(page)
    assert page.evaluate("document.querySelector('.data relative-time').shadowRoot !== null")
    before = loaded(page, without="relative-time")
    assert page.evaluate("document.querySelector('.data relative-time').shadowRoot === null")
    assert len(before) > 3
    assert [moved(*pair) for pair in zip(before, after, strict=True) if max(moved(*pair)) > NEAR] == []


def moved(before: dict[str, float], after: dict[str, float]) -> list[float]:
    return [abs(before[side] - after[side]) for side in ("left", "top", "right", "bottom")]
