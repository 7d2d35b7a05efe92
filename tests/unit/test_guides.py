"""The guides: links and pictures lead somewhere, and the Chinese ones say as much as the English ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "docs" / "guide"
CHINESE = ENGLISH / "zh-Hans"
NAMES = sorted(page.name for page in ENGLISH.glob("*.md"))
PAGES = sorted([*ENGLISH.glob("**/*.md"), ROOT / "README.md", ROOT / "docs" / "ARCHITECTURE.md"])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")
SETTING = re.compile(r"`(?:[A-Z]+_)+[A-Z]+`")


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_guide_is_there_in_both_languages() -> None:
    assert sorted(page.name for page in CHINESE.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_guides_have_the_same_sections_and_settings_in_both_languages(name: str) -> None:
    pages = [read(ENGLISH, name), read(CHINESE, name)]
    english, chinese = (
        [line.partition(" ")[0] for line in page.splitlines() if line.startswith("#")] for page in pages
    )
    assert chinese == english
    assert set(SETTING.findall(pages[1])) == set(SETTING.findall(pages[0]))


@pytest.mark.parametrize("name", NAMES)
def test_commands_of_the_guides_are_the_same_in_both_languages(name: str) -> None:
    def commands(page: str) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", page, flags=re.DOTALL)
        return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]

    assert commands(read(CHINESE, name)) == commands(read(ENGLISH, name))
