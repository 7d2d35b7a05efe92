"""The Go binaries of the test bed: built once, kept outside the tree, shared by every clone.

`require(name)` answers a path or raises `PartMissing`; it never builds. `build_missing()` builds what is not there yet,
under a lock, into a folder named after the Go version, the module files and the flags, so that a change of any of them
makes a new set. `TESTBED_BIN` and `KUBEBUILDER_ASSETS` may name folders of ready-made binaries, which win.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from testbed.machine import Missing, PartMissing, missing_go

KUBERNETES_VERSION = "v1.35.0"
BUILD_COMMAND = "python -m testbed.binaries"
READY_MADE = ("TESTBED_BIN", "KUBEBUILDER_ASSETS")
MODULES = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "portico-testbed"
BUILD_ENVIRONMENT = {
    "GOTOOLCHAIN": "local",
    "CGO_ENABLED": "0",
    "GOFLAGS": "-trimpath -buildvcs=false -mod=readonly",
}

# Without the stamp /version says v0.0.0 and the version checks of clients fail.
_STAMP = "k8s.io/component-base/version"
_MAJOR, _MINOR = KUBERNETES_VERSION.removeprefix("v").split(".")[:2]
_STRIP = "-s -w"
_STRIP_AND_STAMP = (
    f"{_STRIP} -X {_STAMP}.gitVersion={KUBERNETES_VERSION} -X {_STAMP}.gitMajor={_MAJOR} -X {_STAMP}.gitMinor={_MINOR}"
)


@dataclass(frozen=True, slots=True)
class Binary:
    """One program: its module folder, its Go package and the flags it is built with."""

    name: str
    module: str
    package: str
    flags: tuple[str, ...] = ("-ldflags", _STRIP)


_KUBERNETES_FLAGS = ("-tags", "grpcnotrace", "-ldflags", _STRIP_AND_STAMP)
BINARIES = (
    Binary("etcd", "kube", "go.etcd.io/etcd/server/v3"),
    Binary("kube-apiserver", "kube", "k8s.io/kubernetes/cmd/kube-apiserver", _KUBERNETES_FLAGS),
    Binary("kube-controller-manager", "kube", "k8s.io/kubernetes/cmd/kube-controller-manager", _KUBERNETES_FLAGS),
    Binary("traefik", "traefik", "github.com/traefik/traefik/v3/cmd/traefik"),
)


def require(name: str) -> str:
    """Path of a ready binary."""
    path = _find(name)
    if path is None:
        raise PartMissing(f"{name} is missing: {BUILD_COMMAND}")
    return str(path)


def missing() -> list[Missing]:
    """What stands between this machine and the Go parts, without building anything."""
    absent = _absent()
    if not absent:
        return []
    names = ", ".join(binary.name for binary in absent)
    return missing_go() or [Missing(f"The build of {names}", f"{BUILD_COMMAND} (once, about 10 minutes on 2 cores)")]


def build_missing() -> None:
    """Build what is not there yet. Raises `PartMissing` without Go or when a build fails."""
    if not _absent():
        return
    lacking = missing_go()
    if lacking:
        raise PartMissing(str(lacking[0]))
    folder = _cache_folder()
    with _lock(folder):
        for binary in _absent():  # asked again: another process may have built while we waited
            _build(binary, folder)


def _absent() -> list[Binary]:
    return [binary for binary in BINARIES if _find(binary.name) is None]


def _find(name: str) -> Path | None:
    folders = [Path(os.environ[variable]) for variable in READY_MADE if os.environ.get(variable)]
    candidates = [folder / name for folder in (*folders, _cache_folder())]
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


@cache
def _cache_folder() -> Path:
    """Without Go there is nothing to key by, and nothing could have been built."""
    if missing_go():
        return CACHE / "without-go"
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, env=_environment(), check=True).stdout
    digest = hashlib.sha256(version)
    for path in sorted(MODULES.glob("*/**/go.*")):
        digest.update(path.relative_to(MODULES).as_posix().encode() + path.read_bytes())
    digest.update(repr((BINARIES, BUILD_ENVIRONMENT)).encode())
    return CACHE / digest.hexdigest()[:16]


def _build(binary: Binary, folder: Path) -> None:
    print(
        f"Building {binary.name} into {folder} (once per version; minutes when the Go cache is cold)", file=sys.stderr
    )
    unfinished = folder / f"{binary.name}.part"
    command = ["go", "build", *binary.flags, "-o", str(unfinished), binary.package]
    result = subprocess.run(
        command, cwd=MODULES / binary.module, env=_environment(), capture_output=True, text=True, check=False
    )
    if result.returncode:
        last_line = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise PartMissing(f"{binary.name} is missing: its build failed: {last_line}")
    unfinished.rename(folder / binary.name)


def _environment() -> dict[str, str]:
    return {**os.environ, **BUILD_ENVIRONMENT}


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    try:
        build_missing()
    except PartMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    for binary in BINARIES:
        print(require(binary.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
