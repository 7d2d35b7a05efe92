"""What the real parts need from the machine, and one clear line for each thing it lacks.

The launcher, the fixtures and the test policy all ask here, so that a missing part has the same name everywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

GO_VERSION = (1, 26)
POSTGRES_INSTALLATIONS = Path("/usr/lib/postgresql")
BIND_PROGRAM = Path("/usr/sbin/named")  # not on everybody's PATH
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the machine lacks and how to get it."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what} is missing: {self.remedy}"


class PartMissing(RuntimeError):
    """A part cannot start because the machine lacks something; the text is the one line to show."""


def is_ci() -> bool:
    """Whether a part that is missing is a failure."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def go_version() -> tuple[int, int] | None:
    """Major and minor version of the Go on PATH, None without one."""
    if shutil.which("go") is None:
        return None
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    answer = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, env=environment, check=False)
    found = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else None


def postgres_folder() -> Path | None:
    """Folder of `initdb` and `postgres`: the newest Debian installation, or the one on PATH."""
    installed = [path.parent for path in POSTGRES_INSTALLATIONS.glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def chromium() -> str | None:
    """Path of the system's Chromium."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def named() -> str | None:
    """Path of BIND's server: Debian's, or the one on PATH."""
    return str(BIND_PROGRAM) if BIND_PROGRAM.exists() else shutil.which("named")


def missing_go() -> list[Missing]:
    version = go_version()
    if version is not None and version >= GO_VERSION:
        return []
    wanted = ".".join(map(str, GO_VERSION))
    found = f" (found {'.'.join(map(str, version))})" if version else ""
    remedy = "install it from go.dev, or name a folder of ready-made binaries in TESTBED_BIN"
    return [Missing(f"Go {wanted} or newer{found}", remedy)]


def missing_postgres() -> list[Missing]:
    return [] if postgres_folder() else [Missing("PostgreSQL", "apt-get install postgresql")]


def missing_redis() -> list[Missing]:
    return [] if shutil.which("redis-server") else [Missing("Redis", "apt-get install redis-server")]


def missing_bind() -> list[Missing]:
    return [] if named() else [Missing("BIND", "apt-get install bind9")]


def missing_chromium() -> list[Missing]:
    return [] if chromium() else [Missing("Chromium", "apt-get install chromium")]


def missing_network_tools() -> list[Missing]:
    packages = {"ip": "iproute2", "unshare": "util-linux", "setpriv": "util-linux"}
    return [
        Missing(f"The program {tool}", f"apt-get install {package}")
        for tool, package in packages.items()
        if shutil.which(tool) is None
    ]


def main() -> int:
    """Name everything the machine lacks for the whole suite, one line each."""
    servers = missing_postgres() + missing_redis() + missing_bind()
    lacking = missing_go() + servers + missing_chromium() + missing_network_tools()
    for missing in lacking:
        print(missing, file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
