"""Takes a picture of every page, at two widths, in two themes and two languages, for people to look at.

Runs against a demo that is up (`make demo`, then `make screens`):

    .venv/bin/python tools/screens.py [--folder var/demo] [--out var/screens]

Writes the pictures and an index.html beside them, and says which pages were noisy in the browser's console.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, StorageState, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
PASSWORD = "portico-demo"  # noqa: S105 - the demo's, printed at its start
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
Look = tuple[str, str, str]
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


@dataclass(frozen=True, slots=True)
class Shot:
    """One page as one person sees it."""

    name: str
    user: str
    path: str


def read_tokens(folder: Path) -> dict[str, str]:
    lines = (folder / "tokens.env").read_text().splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)


def list_of(tokens: dict[str, str], path: str, user: str) -> list[dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(tokens["PORTICO_URL"]).netloc, timeout=10)
    connection.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {tokens[f'PORTICO_TOKEN_{user}']}"})
    results: list[dict[str, str]] = json.loads(connection.getresponse().read())["results"]
    connection.close()
    return results


def pages(tokens: dict[str, str]) -> Iterator[Shot]:
    """Every page that the seeded data can show."""
    yield Shot("sign-in", "", "/accounts/login/")
    yield Shot("home-developer", "developer", "/")
    yield Shot("home-approver", "approver", "/")
    yield Shot("home-platform", "platform", "/")
    yield Shot("home-auditor", "auditor", "/")
    yield Shot("exposures", "developer", "/exposures/")
    yield Shot("exposures-nothing-found", "developer", "/exposures/?search=nothing-has-this-name")
    yield Shot("exposure-new", "developer", "/exposures/new/")
    chosen = "cluster=dev-1&namespace=web&service=shop&port=http&name=hello"
    yield Shot("exposure-new-filled", "developer", f"/exposures/new/?{chosen}")
    for exposure in list_of(tokens, "exposures/", "DEVELOPER"):
        yield from exposure_pages(exposure)
    for request in list_of(tokens, "requests/", "PLATFORM"):
        for user in ("approver", "developer"):
            yield Shot(f"request-{request['state']}-{request['host']}-{user}", user, f"/requests/{request['id']}/")
    yield Shot("requests", "approver", "/requests/")
    for name, path in PLATFORM_PAGES.items():
        yield Shot(name, "platform", path)
    yield Shot("search", "developer", "/search/?q=web")
    yield Shot("search-nothing-found", "developer", "/search/?q=nothing-has-this-name")
    yield Shot("help", "developer", "/help/")
    yield Shot("profile", "developer", "/profile/")
    yield Shot("tokens", "developer", "/tokens/")
    yield Shot("token-new", "developer", "/tokens/new/")
    yield Shot("not-found", "developer", "/exposures/exp_nothing/")


PLATFORM_PAGES = {
    "clusters": "/clusters/",
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


def exposure_pages(exposure: dict[str, str]) -> Iterator[Shot]:
    place, host = f"/exposures/{exposure['id']}/", exposure["host"]
    yield Shot(f"exposure-{host}", "developer", place)
    if host.startswith("handbook.dev"):
        for tab in ("manifest", "history", "requests", "events", "edit", "delete"):
            yield Shot(f"exposure-{host}-{tab}", "developer", f"{place}{tab}/")


def sign_in(browser: Browser, url: str, user: str) -> StorageState:
    """The person's session, to be used in every look: signing in again and again would hit the rate limit."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/")
    state = context.storage_state()
    context.close()
    return state


def take(
    browser: Browser, look: Look, *, url: str, shots: list[Shot], sessions: dict[str, StorageState], out: Path
) -> list[str]:
    """All pages in one look; returns what was said in the console."""
    width, theme, language = look
    noise: list[str] = []
    for user in dict.fromkeys(shot.user for shot in shots):
        size = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            locale=LANGUAGES[language],
            storage_state=sessions.get(user),
        )
        page = context.new_page()
        page.on("console", lambda said: noise.append(noise_of(said)))
        for shot in (shot for shot in shots if shot.user == user):
            page.goto(url + shot.path, wait_until="load")
            page.wait_for_timeout(150)
            page.screenshot(path=out / picture(shot, look), full_page=True)
        context.close()
    return noise


def noise_of(said: ConsoleMessage) -> str:
    return f"{said.page.url if said.page else ''} {said.type}: {said.text[:200]}"


def picture(shot: Shot, look: Look) -> str:
    return f"{shot.name}.{'.'.join(look)}.png"


def write_index(out: Path, shots: list[Shot], looks: list[Look]) -> None:
    rows = "".join(
        f"<h2>{html.escape(shot.name)} <small>{html.escape(shot.user)} {html.escape(shot.path)}</small></h2><p>"
        + "".join(
            f'<a href="{picture(shot, look)}"><img src="{picture(shot, look)}" width="240"></a> ' for look in looks
        )
        + "</p>"
        for shot in shots
    )
    (out / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Screens</title>{rows}", encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every page of a running demo.")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"))
    parser.add_argument("--out", type=Path, default=Path("var/screens"))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    given = parser.parse_args()
    tokens = read_tokens(given.folder)
    given.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in pages(tokens) if given.only in shot.name]
    looks = list(product(WIDTHS, THEMES, LANGUAGES))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        url = tokens["PORTICO_URL"]
        people = dict.fromkeys(shot.user for shot in shots if shot.user)
        sessions = {user: sign_in(browser, url, user) for user in people}
        noise = []
        for look in looks:
            noise += take(browser, look, url=url, shots=shots, sessions=sessions, out=given.out)
        browser.close()
    write_index(given.out, shots, looks)
    print(f"{len(shots)} pages in {len(looks)} looks: {given.out / 'index.html'}")
    for line in dict.fromkeys(noise):
        print(f"  console: {line}")


if __name__ == "__main__":
    main()
