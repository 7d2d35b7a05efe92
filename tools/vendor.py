"""Copy the browser parts out of node_modules into static/vendor, and prove that what is committed is unchanged.

The committed copy is what runs: neither the demo nor a build needs npm. After `npm ci`, `python tools/vendor.py`
rewrites the copy, the icon sprite and their hashes. With `--check` it needs no node_modules and fails when a file
differs from SHA256SUMS, is missing, or is not listed.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
SPRITE = STATIC / "icons.svg"
SUMS = VENDOR / "SHA256SUMS"

FILES = {
    "bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/LICENSE": "htmx.org/LICENSE",
    "inter/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter/LICENSE": "@fontsource-variable/inter/LICENSE",
    "relative-time/relative-time.js": "@github/relative-time-element/dist/bundle.js",
    "relative-time/LICENSE": "@github/relative-time-element/LICENSE",
    "clipboard-copy/clipboard-copy.js": "@github/clipboard-copy-element/dist/bundle.js",
    "clipboard-copy/LICENSE": "@github/clipboard-copy-element/LICENSE",
    "lucide/LICENSE": "lucide-static/LICENSE",
}

# Only what pages use: tests/unit/web/test_vendor.py holds this list against the templates.
ICONS = [
    "activity",
    "arrow-left",
    "arrow-right",
    "ban",
    "bell",
    "box",
    "cable",
    "calendar",
    "check",
    "chevron-down",
    "chevron-right",
    "circle",
    "circle-check",
    "circle-minus",
    "circle-question-mark",
    "circle-x",
    "clock",
    "cloud-off",
    "copy",
    "download",
    "ellipsis",
    "external-link",
    "eye",
    "file-text",
    "filter",
    "folder",
    "git-compare",
    "globe",
    "history",
    "hourglass",
    "house",
    "inbox",
    "info",
    "key-round",
    "languages",
    "layers",
    "layout-grid",
    "link",
    "list",
    "loader",
    "lock",
    "log-out",
    "menu",
    "message-square",
    "network",
    "pause",
    "pencil",
    "play",
    "plus",
    "refresh-cw",
    "rotate-cw",
    "route",
    "rows-3",
    "rows-4",
    "scroll-text",
    "search",
    "send",
    "server",
    "settings",
    "shield",
    "shield-check",
    "split",
    "sun-moon",
    "terminal",
    "trash-2",
    "triangle-alert",
    "undo-2",
    "user",
    "users",
    "x",
]

# A manifest storage refuses files that name a source map which is not there.
SOURCE_MAP = re.compile(rb"\s*(//[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=.*?\*/)\s*")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(name: str) -> str:
    """One icon as a symbol; strokes follow the text colour of where it is used."""
    match = SVG_BODY.search((MODULES / "lucide-static/icons" / f"{name}.svg").read_text())
    if match is None:
        raise SystemExit(f"{name}.svg has no <svg> element")
    body = " ".join(match.group(1).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


def digests() -> dict[str, str]:
    """SHA-256 of every vendored file and the sprite, by path below static/."""
    paths = [SPRITE, *(path for path in VENDOR.rglob("*") if path.is_file() and path != SUMS)]
    return {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)
    }


def copy_all() -> None:
    for target, source in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(strip_source_map(target, (MODULES / source).read_bytes()))
    symbols = "\n".join(symbol(name) for name in sorted(ICONS))
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    SUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in digests().items()))


def strip_source_map(name: str, content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"\n", content) if name.endswith((".css", ".js")) else content


def differences(sums: Path = SUMS) -> list[str]:
    """What no longer matches the recorded hashes; empty when all is as committed."""
    recorded = {name: digest for digest, name in (line.split("  ", 1) for line in sums.read_text().splitlines())}
    present = digests()
    return [f"static/{name}" for name in sorted(recorded | present) if recorded.get(name) != present.get(name)]


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        copy_all()
        print(f"{len(FILES)} files and {len(ICONS)} icons copied")
        return 0
    changed = differences()
    print("\n".join([f"differs from SHA256SUMS: {name}" for name in changed]) or "vendored files are unchanged")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
