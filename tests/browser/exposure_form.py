"""The exposure form as people use it, for the tests that need one filled in."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Locator, Page, expect

from tests.browser.portal import Portal


class ExposureFormPage:
    """One window with the form. Choices wait until the page has answered, as people do."""

    def __init__(self, portal: Portal, page: Page) -> None:
        self.portal = portal
        self.page = page

    @property
    def outcome(self) -> Locator:
        return self.page.locator("#outcome")

    @property
    def name(self) -> Locator:
        return self.page.get_by_label("Name", exact=True)

    @property
    def host(self) -> Locator:
        return self.page.get_by_label("Host", exact=True)

    @property
    def reason(self) -> Locator:
        return self.page.get_by_label("Reason")

    @property
    def submit(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^(Publish|Request approval|Apply the change)$"))

    def section(self, key: str) -> Locator:
        return self.page.locator(f"#section-{key}")

    def open(self, address: str = "/exposures/new/") -> ExposureFormPage:
        self.page.goto(self.portal.url + address)
        return self

    def change(self, key: str) -> ExposureFormPage:
        self.section(key).get_by_role("button", name=re.compile("^Change")).click()
        return self

    def choose(self, cluster: str, service: str) -> ExposureFormPage:
        """Where and what, with the pointer; both sections fold."""
        self.page.get_by_role("radio", name=re.compile(cluster)).click()
        expect(self.section("where").locator(".sec-sum")).to_contain_text(f"{cluster} / web")
        self.choose_service(service)
        return self

    def choose_service(self, service: str) -> None:
        self.page.get_by_role("radio", name=re.compile(f"^{service} ")).click()
        expect(self.section("what").locator(".sec-sum")).to_contain_text(f"{service} : ")
        expect(self.name.or_(self.host).first).to_be_visible()

    def use_https(self, secret: str) -> ExposureFormPage:
        self.change("how")
        self.page.get_by_role("radio", name="HTTPS").check()
        self.page.get_by_role("group", name="Certificate").get_by_role("radio", name=re.compile(f"^{secret}")).check()
        return self

    def wait_until_saved(self) -> ExposureFormPage:
        expect(self.page.locator("[data-draft-line]")).to_contain_text("Draft saved")
        return self

    def draft(self) -> str:
        """The address under which this draft goes on."""
        expect(self.page).to_have_url(re.compile(r"\?draft=dft_[0-9a-f]{24}$"))
        return self.page.url.removeprefix(self.portal.url)


def unused_name(what: str) -> str:
    """A name that no other test has taken."""
    return f"{what}-{secrets.token_hex(3)}"
