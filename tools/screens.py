"""Takes a picture of every page in every state, at two widths, in two themes and two languages, for people to look at.

    .venv/bin/python -m tools.screens [--folder var/demo] [--out var/screens] [--only request,team] [--look phone.dark]

Without a folder it starts a demo of its own, crowds it with many, long and broken things, and stops it in the end; with
one it takes what that demo shows (`--crowded`: also what `demo.seeds crowd` has put there). Writes the pictures and an
index.html beside them, and says which pages could not be brought into their state and which were noisy in the browser's
console.
"""

from __future__ import annotations

import argparse
import html
import re
from collections.abc import Iterable
from itertools import chain, product
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, sync_playwright
from playwright.sync_api import Error as BrowserError

from tools.browsing import ARGUMENTS, CHROMIUM, own_demo, sign_in
from tools.fresh import FRESH_PAGES, fresh_portal
from tools.shots import Shot, pages, read_tokens
from tools.shots_errors import error_shots
from tools.shots_platform import platform_pages

WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
Look = tuple[str, str, str]
STEP_MILLISECONDS, SETTLE_MILLISECONDS = 8_000, 150
# Chromium draws no higher picture.
MOST_PIXELS = 16_000
REFUSAL = re.compile(r"the server responded with a status of (403|404|409|422) ")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


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
        page.set_default_timeout(STEP_MILLISECONDS)
        page.on("console", lambda said: noise.extend(noise_of(said)))
        for shot in (shot for shot in shots if shot.user == user):
            noise.extend(photograph(page, shot, url, out / picture(shot, look)))
        context.close()
    return noise


def photograph(page: Page, shot: Shot, url: str, path: Path) -> list[str]:
    """The whole page, in a window as high as it is: what sticks to the window's edge stands at the page's edge."""
    size = page.viewport_size or {"width": 1440, "height": 900}
    trouble = []
    try:
        page.goto(url + shot.path, wait_until="networkidle")
        if shot.step:
            shot.step(page)
            page.wait_for_timeout(SETTLE_MILLISECONDS)  # until a form that was sent begins to leave the page
            page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight")
    except BrowserError as error:
        trouble.append(f"{shot.name} could not be brought into its state: {error.message.splitlines()[0]}")
        height = size["height"]
    page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), MOST_PIXELS)})
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    page.screenshot(path=path)
    page.emulate_media(media="screen")
    page.set_viewport_size(size)
    return trouble


def noise_of(said: ConsoleMessage) -> list[str]:
    """Nothing for what is meant: a form that is refused, a page that is not there or not allowed."""
    if REFUSAL.search(said.text):
        return []
    return [f"console of {said.page.url if said.page else ''} {said.type}: {said.text[:200]}"]


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


def take_all(folder: Path, out: Path, *, only: str, looks: list[Look], is_crowded: bool) -> list[str]:
    """Every page in every look; returns what went wrong."""
    tokens = read_tokens(folder)
    out.mkdir(parents=True, exist_ok=True)
    every = chain(
        pages(tokens, is_crowded=is_crowded), platform_pages(tokens, folder, is_crowded=is_crowded), error_shots()
    )
    shots, first = chosen(every, only), chosen(FRESH_PAGES, only)
    noise = take_from(tokens["PORTICO_URL"], shots, looks, out)
    if first:
        with fresh_portal() as url:
            noise += take_from(url, first, looks, out)
    write_index(out, [*shots, *first], looks)
    print(f"{len(shots) + len(first)} pages in {len(looks)} looks: {out / 'index.html'}")
    return noise


def chosen(shots: Iterable[Shot], only: str) -> list[Shot]:
    return [shot for shot in shots if any(part in shot.name for part in only.split(","))]


def take_from(url: str, shots: list[Shot], looks: list[Look], out: Path) -> list[str]:
    """The pages of one portal."""
    noise: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        people = dict.fromkeys(shot.user for shot in shots if shot.user)
        sessions = {user: sign_in(browser, url, user) for user in people}
        for look in looks:
            noise += take(browser, look, url=url, shots=shots, sessions=sessions, out=out)
        browser.close()
    return noise


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every page in every state.")
    parser.add_argument("--folder", type=Path, help="of a demo that is up")
    parser.add_argument("--crowded", action="store_true", help="the demo of the folder was crowded")
    parser.add_argument("--out", type=Path, default=Path("var/screens"))
    parser.add_argument("--only", default="", help="pages whose name holds one of these, apart by commas")
    parser.add_argument("--look", default="", help="looks that hold this, such as phone or wide.dark.zh")
    given = parser.parse_args()
    looks = [look for look in product(WIDTHS, THEMES, LANGUAGES) if given.look in ".".join(look)]
    if given.folder:
        noise = take_all(given.folder, given.out, only=given.only, looks=looks, is_crowded=given.crowded)
    else:
        with own_demo(crowded=True) as folder:
            noise = take_all(folder, given.out, only=given.only, looks=looks, is_crowded=True)
    for line in dict.fromkeys(noise):
        print(f"  {line}")


if __name__ == "__main__":
    main()
