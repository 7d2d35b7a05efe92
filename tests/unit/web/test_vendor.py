"""The vendored browser parts are the ones recorded, and hold every icon a page names."""

import gzip
import re
from pathlib import Path

import pytest

from tools import vendor

ROOT = Path(__file__).resolve().parents[3]
ICON_USES = [
    re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']"""),
    re.compile(r"""\bicon=["']([a-z0-9-]+)["']"""),
]
PAGE_LIMIT = 100_000


def icons_used():
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    return {name for text in templates for pattern in ICON_USES for name in pattern.findall(text)}


def test_committed_files_are_the_recorded_ones():
    assert vendor.differences() == []


def test_a_changed_file_is_named(tmp_path):
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(vendor.SUMS.read_text().replace("  icons.svg", "  gone.svg"))
    assert [name for name in vendor.differences(sums) if name.endswith(".svg")] == [
        "static/gone.svg",
        "static/icons.svg",
    ]


def test_every_icon_on_a_page_is_in_the_sprite():
    assert icons_used() - set(vendor.ICONS) == set()


def test_sprite_holds_the_listed_icons():
    assert re.findall(r'<symbol id="([a-z0-9-]+)"', vendor.SPRITE.read_text()) == sorted(vendor.ICONS)


@pytest.mark.parametrize(
    ("name", "content", "left"),
    [
        ("a.css", b"a{}\n/*# sourceMappingURL=a.css.map */", b"a{}\n"),
        ("a.js", b"a()\n//# sourceMappingURL=a.js.map\n", b"a()\n"),
        ("LICENSE", b"//# sourceMappingURL=a", b"//# sourceMappingURL=a"),
    ],
)
def test_source_map_comments_are_stripped(name, content, left):
    assert vendor.strip_source_map(name, content) == left


def test_styles_and_scripts_of_a_page_fit_the_budget():
    document = (ROOT / "templates/base_document.html").read_text()
    names = re.findall(r"""{% static '([^']+\.(?:css|js))' %}""", document)
    assert sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in names) < PAGE_LIMIT
