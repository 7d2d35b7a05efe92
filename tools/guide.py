"""Takes the pictures of docs/guide and of the README from a demo of its own: `make guide`.

Each picture is made by doing what the text beside it says, so a guide that no longer fits the product fails here. With
`--language zh` it takes those of the Chinese guide.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools.browsing import ARGUMENTS, CHROMIUM, own_demo, sign_in
from tools.shots import list_of, read_tokens

FOLDERS = {"en": Path("docs/guide/images"), "zh": Path("docs/guide/zh-Hans/images")}
LOCALES = {"en": "en-US", "zh": "zh-CN"}
WIDTH, HEIGHT = 1280, 800
SETTLE_MILLISECONDS = 400
# Those of `make demo`, because they stand in the pictures.
PORTS = (8000, 8080)

Step = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """`path` may hold {exposure} and {request}: the ids of the demo's handbook and of the request that waits."""

    name: str
    user: str
    path: str
    step: Step | None = None
    height: int = HEIGHT


def unfolding(section: str) -> Step:
    return lambda page: page.locator(f'[data-section="{section}"] [data-unfold]').click()


WILDCARD = "cluster=dev-1&namespace=web&service=shop&port=http&prefix=storefront"
CUSTOM = "cluster=prod-1&namespace=web&service=shop&port=http&host=shop.example.com&scheme=https"

PICTURES = (
    Picture("new-exposure", "developer", f"/exposures/new/?{WILDCARD}", height=1000),
    Picture("https", "developer", f"/exposures/new/?{CUSTOM}", unfolding("how"), height=1350),
    Picture("exposure", "developer", "/exposures/{exposure}/", height=900),
    Picture("certificates", "developer", "/certificates/"),
    Picture("queue", "approver", "/requests/", height=520),
    Picture("request", "approver", "/requests/{request}/", height=900),
    Picture("clusters", "platform", "/clusters/", height=620),
    Picture("cluster", "platform", "/clusters/dev-1/", height=900),
    Picture("domains", "platform", "/domains/", height=620),
    Picture("home", "platform", "/", height=620),
)


def places(tokens: dict[str, str]) -> dict[str, str]:
    exposures = {each["host"]: each["id"] for each in list_of(tokens, "exposures/", "DEVELOPER")}
    requests = {each["host"]: each["id"] for each in list_of(tokens, "requests/?state=pending", "APPROVER")}
    return {"exposure": exposures["handbook.dev.localhost"], "request": requests["manual.example.com"]}


def take_all(browser: Browser, pictures: list[Picture], tokens: dict[str, str], language: str) -> None:
    url, ids = tokens["PORTICO_URL"], places(tokens)
    for user in dict.fromkeys(picture.user for picture in pictures):
        session = sign_in(browser, url, user)
        for picture in (each for each in pictures if each.user == user):
            context = browser.new_context(
                viewport={"width": WIDTH, "height": picture.height},
                locale=LOCALES[language],
                color_scheme="light",
                storage_state=session,
            )
            take(context, picture, url + picture.path.format(**ids), FOLDERS[language])


def take(context: BrowserContext, picture: Picture, address: str, folder: Path) -> None:
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    if picture.step:
        picture.step(page)
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{picture.name}.png")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="The pictures of the guides.")
    parser.add_argument("--language", choices=LOCALES, default="en")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    FOLDERS[given.language].mkdir(parents=True, exist_ok=True)
    with own_demo(crowded=False, ports=PORTS) as folder, sync_playwright() as playwright:
        tokens = read_tokens(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        chosen = [picture for picture in PICTURES if given.only in picture.name]
        take_all(browser, chosen, tokens, given.language)
        browser.close()


if __name__ == "__main__":
    main()
