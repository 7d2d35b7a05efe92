"""The demo's folder: private, marked as ours, used by one demo at a time, and deleted only when it is one."""

from __future__ import annotations

import base64
import fcntl
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.plan import CLUSTERS, HOST, PLAN_FILE, SERVICES, Plan

MARKER = ".portico-demo"


class DemoError(Exception):
    """The demo cannot go on; the text is what to print."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder if need be and keep every other demo out of it."""
    _check_ours(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / MARKER).open("a") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError(f"A demo already runs from {folder}. Stop it, or choose another DEMO_DIR.") from error
        yield


def forget(folder: Path) -> bool:
    """Delete the folder; False when there is none. Raises DemoError for a folder that is no demo, or one that runs."""
    if not folder.exists():
        return False
    with held(folder):
        shutil.rmtree(folder)
    return True


def keep_keys(folder: Path) -> None:
    """Generate the secrets of this demo once."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    write_once(keys / "secret_key", secrets.token_urlsafe(48))
    write_once(keys / "encryption_keys", "demo:" + base64.b64encode(secrets.token_bytes(32)).decode())


def write_once(file: Path, text: str) -> None:
    if not file.exists():
        write_private(file, text)


def write_private(file: Path, text: str) -> None:
    """Replace the file as a whole, readable by its owner only."""
    draft = file.with_name(f"{file.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)


def make_plan(folder: Path, port: int, router_port: int) -> Plan:
    """The plan of this run, saved for the parts. Inner ports stay those of the last run unless somebody took one."""
    file = folder / PLAN_FILE
    kept = Plan.load(folder).inner_ports if file.exists() else {}
    ports = {name: kept[name] if is_free(kept.get(name, 0)) else free_port() for name in (*CLUSTERS, *SERVICES)}
    plan = Plan(folder, port, router_port, ports)
    write_private(file, plan.as_json())
    return plan


def is_free(port: int) -> bool:
    """Whether a server could listen there now; port 0 is no port."""
    if not port:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _check_ours(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise DemoError(f"{folder} is not a folder.")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise DemoError(f"{folder} holds something that is no demo, so it is left alone. Choose another DEMO_DIR.")
