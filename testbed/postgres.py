"""A throw-away PostgreSQL server on a free loopback port and a Unix socket.

PostgreSQL refuses to run as root, so root starts it as another user. Nothing is synced to disk: a test database that
survives a power cut has no use.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from testbed.machine import PartMissing, missing_postgres, postgres_folder
from testbed.process import Part, as_user, free_port, start

SUPERUSER = "portico"
ADDRESS = "127.0.0.1"
OTHER_USERS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": ADDRESS,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    part: Part
    port: int

    @classmethod
    def start(cls, folder: Path) -> Postgres:
        if lacking := missing_postgres():
            raise PartMissing(str(lacking[0]))
        programs, user, port = postgres_folder() or Path(), _unprivileged_user(), free_port()
        folder.mkdir(mode=0o700)
        if user:
            shutil.chown(folder, user)
        _initialize(programs, folder, user)
        command = [f"{programs}/postgres", "-D", f"{folder}/cluster", "-k", f"{folder}", "-p", str(port)]
        command += [f"--{name}={value}" for name, value in SETTINGS.items()]
        # QUIT is "immediate": the server goes at once, with its shared memory and its children.
        part = start("postgres", command, folder=folder, user=user, stop_signal=signal.SIGQUIT)
        server = cls(part, port)
        part.wait_until(server._accepts_queries)
        return server

    def url(self, database: str = "postgres") -> str:
        """As DATABASE_URL takes it."""
        return f"postgres://{SUPERUSER}@{ADDRESS}:{self.port}/{database}"

    def create_database(self, prefix: str = "portico") -> str:
        """URL of a fresh, empty database."""
        name = f"{prefix}_{secrets.token_hex(4)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def stop(self) -> None:
        self.part.stop()

    def _accepts_queries(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _unprivileged_user() -> str | None:
    """Whom root hands the server to; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OTHER_USERS if name in known)


def _initialize(programs: Path, folder: Path, user: str | None) -> None:
    options = ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C.UTF-8"]
    options += ["--no-sync", "--no-instructions"]
    command = [*as_user(user), f"{programs}/initdb", "-D", f"{folder}/cluster", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
