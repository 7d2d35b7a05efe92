"""A page as a person sees it: signed in, in a window of some size, with nothing moving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, ViewportSize

from apps.accounts.models import User
from tests.browser.sessions import give_session

WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
Open = Callable[..., Page]


@pytest.fixture
def open_as(live_server: Any, client: Client, context: BrowserContext, quiet_page: Page) -> Open:
    def opened(user: User, path: str, size: ViewportSize = WIDE) -> Page:
        give_session(context, client, live_server.url, user)
        quiet_page.set_viewport_size(size)
        quiet_page.emulate_media(reduced_motion="reduce")
        quiet_page.goto(f"{live_server.url}{path}", wait_until="networkidle")
        return quiet_page

    return opened
