"""Which pages are looked at, as whom, in which state: the list behind `make screens`.

A page with a `step` is brought into its state first, as a person would do it: something is typed, opened or sent.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

Step = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Shot:
    """One page as one person sees it."""

    name: str
    user: str
    path: str
    step: Step | None = None


# How the hosts begin that only fill pages.
LONG = "a-name-"
CROWD = ("crowd-", LONG)


def read_tokens(folder: Path) -> dict[str, str]:
    lines = (folder / "tokens.env").read_text().splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)


def list_of(tokens: dict[str, str], path: str, user: str) -> list[dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(tokens["PORTICO_URL"]).netloc, timeout=10)
    connection.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {tokens[f'PORTICO_TOKEN_{user}']}"})
    results: list[dict[str, str]] = json.loads(connection.getresponse().read())["results"]
    connection.close()
    return results


def pages(tokens: dict[str, str], *, is_crowded: bool) -> Iterator[Shot]:
    """Every page that the demo can show; a crowded one (`demo.seeds crowd`) shows full, empty and broken ones too."""
    yield from calm_pages(tokens)
    yield from STATES
    if is_crowded:
        yield from CROWDED_PAGES
        yield from long_pages(tokens)


def calm_pages(tokens: dict[str, str]) -> Iterator[Shot]:
    yield Shot("sign-in", "", "/accounts/login/")
    yield Shot("home-developer", "developer", "/")
    yield Shot("home-approver", "approver", "/")
    yield Shot("home-platform", "platform", "/")
    yield Shot("home-auditor", "auditor", "/")
    yield Shot("exposures", "developer", "/exposures/")
    yield Shot("exposures-nothing-found", "developer", "/exposures/?q=nothing-has-this-name")
    yield Shot("exposure-new", "developer", "/exposures/new/")
    chosen = "cluster=dev-1&namespace=web&service=shop&port=http&prefix=hello"
    yield Shot("exposure-new-filled", "developer", f"/exposures/new/?{chosen}")
    guest = "cluster=dev-1&namespace=pay&service=ledger&port=http&host_kind=wildcard&prefix=handbook"
    yield Shot("exposure-new-host-of-others", "developer2", f"/exposures/new/?{guest}")
    yield Shot("exposure-new-asking-its-owner", "developer2", f"/exposures/new/?{guest}&path_0=/pay&ask_owner=yes")
    yield Shot("exposure-new-asking-for-a-taken-path", "developer2", f"/exposures/new/?{guest}&ask_owner=yes")
    for exposure in list_of(tokens, "exposures/", "DEVELOPER"):
        yield from exposure_pages(exposure)
    yield from request_pages(tokens)
    yield from shared_host_pages(tokens)
    yield Shot("requests", "approver", "/requests/")
    for name, path in PLATFORM_PAGES.items():
        yield Shot(name, "platform", path)
    yield Shot("search", "developer", "/search/?q=web")
    yield Shot("search-nothing-found", "developer", "/search/?q=nothing-has-this-name")
    yield Shot("help", "developer", "/help/")
    yield Shot("notices", "developer", "/notices/")
    yield Shot("notices-none-unread", "auditor", "/notices/?unread=true")
    yield Shot("certificates-calendar", "developer", "/certificates/calendar/")
    yield Shot("profile", "developer", "/profile/")
    yield Shot("tokens", "developer", "/tokens/")
    yield Shot("token-new", "developer", "/tokens/new/")
    yield Shot("not-found", "developer", "/exposures/exp_nothing/")


def pressing(*keys: str) -> Step:
    def step(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return step


def searching(text: str) -> Step:
    def step(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").get_by_role("combobox").fill(text)
        # The pages stand there at once; what is found comes with the answer.
        page.get_by_role("dialog").locator("[role=option]", has_text=text).or_(
            page.get_by_role("dialog").locator(".palette-none")
        ).first.wait_for()

    return step


def ringing(page: Page) -> None:
    page.locator(".bell > summary").click()
    page.locator(".bell-head").wait_for()


def sign_in_refused(page: Page) -> None:
    page.locator("input[name=login]").fill("developer")
    page.locator("input[name=password]").fill("not the password")
    page.locator("main button[type=submit]").click()
    page.get_by_role("alert").wait_for()


def making_an_address(page: Page) -> None:
    page.locator("main form[method=post] button.btn-primary").click()
    page.locator("clipboard-copy").first.wait_for()


def compactly(page: Page) -> None:
    """As in the compact density, without changing what the person has chosen."""
    page.evaluate("document.documentElement.dataset.density = 'compact'")


def opening_the_drawer(page: Page) -> None:
    """On a phone; elsewhere the navigation stands there."""
    button = page.locator("[data-drawer]")
    if button.is_visible():
        button.click()
        page.locator("#rail.open").wait_for()


def on_paper(page: Page) -> None:
    """As it is printed."""
    page.emulate_media(media="print")


def opening(summary: str) -> Step:
    return lambda page: page.locator(summary).last.click()


def sending(form: str) -> Step:
    """Sends a form as it is: what is missing is named."""

    def step(page: Page) -> None:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(form).first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")

    return step


def showing_the_manifest(page: Page) -> None:
    page.locator("label[for=id_side_manifest]").click()


def sending_the_form(page: Page) -> None:
    page.locator("#outcome button[value=send]").click()
    page.get_by_role("alert").wait_for()


def in_two_windows(page: Page) -> None:
    """One draft, changed here, then there, then here again."""
    saved = page.locator("#draft-state[data-saved]")
    page.locator("#id_prefix").fill("begun-here")
    saved.wait_for()
    beside = page.context.new_page()
    beside.goto(page.url)
    beside.locator("#section-name [data-unfold]").click()
    with beside.expect_response("**/exposures/form/"):
        beside.locator("#id_prefix").fill("changed-there")
    beside.close()
    page.locator("#id_prefix").fill("changed-here")
    page.locator(".draft-note").wait_for()


def unfolding(section: str) -> Step:
    """Opens a section of the exposure form that folded because it is answered."""
    return lambda page: page.locator(f"[data-section={section}] [data-unfold]").click()


CHOSEN = "cluster=dev-1&namespace=web&service=shop&port=http"
PICKING = f"{CHOSEN}&host_kind=custom&host=shop.example.com&scheme=https"
ON_PROD = "cluster=prod-1&namespace=web&service=shop&port=http&host_kind=custom"
LONG_HOST = f"{'.'.join(['a' * 60] * 3)}.{'b' * 58}.example.com"
STATES = (
    Shot("palette", "developer", "/exposures/", pressing("Control+k")),
    Shot("palette-found", "developer", "/exposures/", searching("handbook")),
    Shot("palette-nothing-found", "developer", "/exposures/", searching("nothing-has-this-name")),
    Shot("shortcuts", "developer", "/exposures/", pressing("?")),
    Shot("bell", "developer", "/", ringing),
    Shot("bell-approver", "approver", "/", ringing),
    Shot("bell-nothing", "auditor", "/", ringing),
    Shot("user-menu", "developer", "/", lambda page: page.locator("header details").last.click()),
    Shot("exposure-new-what", "developer", "/exposures/new/?cluster=dev-1&namespace=web"),
    Shot("exposure-new-https", "developer", f"/exposures/new/?{ON_PROD}&host=www.shop.example.com&scheme=https"),
    Shot("exposure-new-manifest", "developer", f"/exposures/new/?{CHOSEN}&prefix=hello", showing_the_manifest),
    Shot("exposure-new-two-windows", "developer", f"/exposures/new/?{CHOSEN}", in_two_windows),
    Shot("exposure-new-refused", "developer", f"/exposures/new/?{CHOSEN}&prefix=not_ok&path_0=shop", sending_the_form),
    Shot("exposure-new-taken", "developer", f"/exposures/new/?{CHOSEN}&prefix=handbook"),
    Shot("exposure-new-long-host", "developer", f"/exposures/new/?{ON_PROD}&host={LONG_HOST}"),
    Shot("cluster-register-refused", "platform", "/clusters/register/", sending("main form[method=post]")),
    Shot("token-new-refused", "developer", "/tokens/new/", sending("main form[method=post]")),
    Shot("sign-in-refused", "", "/accounts/login/", sign_in_refused),
    Shot("drawer", "developer", "/exposures/", opening_the_drawer),
    Shot("exposures-compact", "developer", "/exposures/", compactly),
    Shot("exposure-new-compact", "developer", f"/exposures/new/?{CHOSEN}&prefix=hello", compactly),
    Shot("home-compact", "developer", "/", compactly),
    Shot("exposure-new-where", "developer", "/exposures/new/?cluster=dev-1"),
    Shot("exposure-new-custom", "developer", f"/exposures/new/?{ON_PROD}"),
    Shot("exposure-new-how", "developer", f"/exposures/new/?{CHOSEN}&prefix=hello", unfolding("how")),
    Shot("exposure-new-not-ours", "developer", f"/exposures/new/?{ON_PROD}&host=www.example.org"),
    Shot("password-change", "developer", "/accounts/password/change/"),
    Shot("forbidden", "developer", "/clusters/register/"),
    Shot("exposures-filtered", "developer", "/exposures/?state=serving&team=web"),
    Shot("exposures-save-view", "developer", "/exposures/?q=handbook", opening(".save-view summary")),
    Shot("requests-filtered", "approver", "/requests/?view=all&risk=high&q=example"),
    Shot("certificates", "developer", "/certificates/"),
    Shot("certificates-nothing-found", "developer", "/certificates/?q=nothing-has-this-name"),
    Shot("certificate-expired", "developer", "/certificates/dev-1/web/expired-tls/"),
    Shot("certificate-mismatched", "developer", "/certificates/dev-1/web/mismatch-tls/"),
    Shot("certificate-used", "developer", "/certificates/test-1/web/wildcard-tls/"),
    Shot("certificate-upload-refused", "developer", "/certificates/upload/", sending("main form[method=post]")),
    Shot("certificates-calendar-made", "auditor", "/certificates/calendar/", making_an_address),
    Shot("certificate-upload", "developer", "/certificates/upload/?place=dev-1/web"),
    Shot("certificate", "developer", "/certificates/dev-1/web/shop-tls/"),
    Shot("certificate-move", "developer", "/certificates/dev-1/web/shop-tls/move/"),
    Shot("certificate-retire", "developer", "/certificates/dev-1/web/shop-tls/retire/"),
    Shot("certificates-troubles", "developer", "/certificates/troubles/"),
    Shot("certificates-others", "developer", "/certificates/others/"),
    Shot("certificates-defaults", "platform", "/certificates/defaults/"),
    Shot("certificates-default-edit", "platform", "/certificates/defaults/dev-1/"),
    Shot("certificates-authorities", "platform", "/certificates/authorities/"),
    Shot("picker", "developer", f"/exposures/new/?{PICKING}", unfolding("how")),
    Shot("picker-others", "developer", f"/exposures/new/?{PICKING}&others=yes", unfolding("how")),
)

LONG_NAME = f"{LONG}that-is-as-long-as-kubernetes-lets-a-name-be-63-characte"
LONG_CHOSEN = f"cluster=dev-1&namespace={LONG_NAME}&service={LONG_NAME}&port=http&host_kind=wildcard"
CROWDED_PAGES = (
    Shot("home-newcomer", "newcomer", "/"),
    Shot("exposures-none", "newcomer", "/exposures/"),
    Shot("exposure-new-nowhere", "newcomer", "/exposures/new/"),
    Shot("certificates-none", "newcomer", "/certificates/"),
    Shot("requests-none", "newcomer", "/requests/"),
    Shot("clusters-none", "newcomer", "/clusters/"),
    Shot("home-many", "crowded", "/"),
    Shot("home-viewer", "viewer", "/"),
    Shot("exposures-viewer", "viewer", "/exposures/"),
    Shot("exposure-new-cluster-down", "crowded", "/exposures/new/?cluster=dev-that-is-down"),
    Shot("exposure-new-quota", "crowded", f"/exposures/new/?{LONG_CHOSEN}&prefix=one-too-many"),
    Shot("exposures-many-compact", "crowded", "/exposures/", compactly),
    Shot("notices-many", "crowded", "/notices/"),
    Shot("exposures-many", "crowded", "/exposures/"),
    Shot("exposures-drift", "crowded", "/exposures/?state=drift"),
    Shot("exposure-new-long", "crowded", "/exposures/new/"),
    Shot("requests-many", "approver", "/requests/"),
    Shot("teams-long", "crowded", "/teams/"),
    Shot("cluster-down", "platform", "/clusters/dev-that-is-down/"),
    Shot("palette-many", "crowded", "/", searching("crowd")),
)


def long_pages(tokens: dict[str, str]) -> Iterator[Shot]:
    """The exposure with the longest host, and the request for it; one that was changed by hand."""
    for exposure in list_of(tokens, "exposures/?ordering=host", "PLATFORM"):
        if exposure["host"].startswith(LONG):
            yield Shot("exposure-long", "crowded", f"/exposures/{exposure['id']}/")
        if exposure["host"] == "crowd-000.dev.localhost":
            yield Shot("exposure-changed-outside", "crowded", f"/exposures/{exposure['id']}/")
            yield Shot("exposure-drift", "crowded", f"/exposures/{exposure['id']}/drift/")
    for request in list_of(tokens, "requests/?page_size=200", "PLATFORM"):
        if request["host"].startswith(LONG):
            yield Shot("request-long", "approver", f"/requests/{request['id']}/")


PLATFORM_PAGES = {
    "clusters": "/clusters/",
    "clusters-table": "/clusters/?view=table",
    "cluster": "/clusters/dev-1/",
    "cluster-register": "/clusters/register/",
    "cluster-edit": "/clusters/dev-1/edit/",
    "cluster-retire": "/clusters/dev-1/retire/",
    "teams": "/teams/",
    "team": "/teams/web/",
    "people": "/people/",
    "person": "/people/users/developer/",
    "groups": "/people/groups/",
    "audit": "/audit/",
    "domains": "/domains/",
}


def request_pages(tokens: dict[str, str]) -> Iterator[Shot]:
    """As the developer who asked and as the approver who is or was asked; one of them with all its tabs."""
    for user in ("developer", "approver"):
        for request in list_of(tokens, "requests/?page_size=200", user.upper()):
            if not request["host"].startswith(CROWD):
                yield Shot(f"request-{request['state']}-{request['host']}-{user}", user, f"/requests/{request['id']}/")
    shown = next(each for each in list_of(tokens, "requests/", "DEVELOPER") if each["host"] == "handbook.example.com")
    for tab in ("manifest", "checks", "activity"):
        yield Shot(f"request-{tab}", "developer", f"/requests/{shown['id']}/{tab}/")
    yield Shot("request-sheet", "developer", f"/requests/{shown['id']}/", on_paper)


def shared_host_pages(tokens: dict[str, str]) -> Iterator[Shot]:
    """A path on another team's host: as who asks for it and as the owner, who is asked; granted, as both."""
    asked = next(
        each for each in list_of(tokens, "requests/", "DEVELOPER2") if each["host"] == "handbook.dev.localhost"
    )
    for who, user in (("asker", "developer2"), ("owner", "developer")):
        yield Shot(f"shared-host-asked-{who}", user, f"/requests/{asked['id']}/")
    yield Shot("shared-host-waiting-asker", "developer2", f"/exposures/{asked['exposure']}/")
    for who, user in (("guest", "developer"), ("owner", "developer2")):
        [shared] = list_of(tokens, "exposures/?host=bookkeeping.test.localhost", user.upper())
        yield Shot(f"shared-host-granted-{who}", user, f"/exposures/{shared['id']}/")


def exposure_pages(exposure: dict[str, str]) -> Iterator[Shot]:
    place, host = f"/exposures/{exposure['id']}/", exposure["host"]
    yield Shot(f"exposure-{host}", "developer", place)
    if host.startswith("handbook.dev"):
        for tab in ("manifest", "drift", "history", "requests", "events", "edit", "copy", "delete"):
            yield Shot(f"exposure-{host}-{tab}", "developer", f"{place}{tab}/")
