"""The pages that nobody can open on purpose, for `make screens`: errors, and the sentence of operations.

They are made here from the product's own templates, in the browser's language, and put in the place of an answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import django
from playwright.sync_api import Page

from tools.shots import Shot, Step

STATUSES = (400, 403, 409, 413, 422, 429, 500, 503)
BANNER = "On Saturday from 22:00 to 23:00 UTC clusters are upgraded; changes wait until then."


def error_shots() -> Iterator[Shot]:
    for status in STATUSES:
        yield Shot(f"error-{status}", "developer", "/help/", _answered(f"errors/{status}.html", status))
    yield Shot("banner", "developer", "/exposures/", _announced)


def _answered(template: str, status: int) -> Step:
    def step(page: Page) -> None:
        body = _rendered(page, template, request_id="r_660f673c322bbb7c14a5d3c65")
        page.route("**/help/", lambda route: route.fulfill(status=status, content_type="text/html", body=body))
        page.reload()
        page.unroute("**/help/")

    return step


def _announced(page: Page) -> None:
    banner = _rendered(page, "components/banner.html", ui={"banner": BANNER})
    page.locator("#main").evaluate("(main, banner) => main.insertAdjacentHTML('beforebegin', banner)", banner)


def _rendered(page: Page, template: str, **context: Any) -> str:
    """With the theme of the page, which the demo's people leave to the system."""
    _set_up()
    # Both need the settings.
    from django.template.loader import render_to_string
    from django.utils.translation import override

    language = page.evaluate("document.documentElement.lang")
    with override(language):
        return render_to_string(template, {"ui": {"language": language}} | context)


@cache
def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
    django.setup()
