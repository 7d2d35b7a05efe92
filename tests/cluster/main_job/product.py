"""The product as it is run in production: web process, worker and scheduler of their own, on PostgreSQL and Redis.

Tests speak to it over REST only. `worker` and `redis` may be killed and started again.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import urllib3

from testbed.process import Part, accepts, free_port, start

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
FOREIGN = ("PORTICO_", "DJANGO_", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_", "KUBECONFIG")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    json: Any
    text: str


@dataclass(slots=True)
class Product:
    """Its processes and where they keep things; `tokens` by user name."""

    folder: Path
    database_url: str
    redis_port: int = field(default_factory=free_port)
    port: int = field(default_factory=free_port)
    tokens: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *, clusters: Sequence[str], web_namespace: str, pay_namespace: str, **settings: str) -> None:
        self.environment = self._environment() | settings
        self.start_redis()
        self._run(str(ROOT / "manage.py"), "migrate", "--verbosity", "0")
        seeds = self._run("-m", "tests.cluster.main_job.seeds", web_namespace, pay_namespace, *clusters)
        self.tokens = json.loads(seeds)
        size = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
        self._start(
            "web", "-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{self.port}", "--no-control-socket", *size
        )
        self.start_worker()
        scheduler = self._start("scheduler", str(ROOT / "manage.py"), "scheduler")
        scheduler.wait_until(lambda: "scheduler_started" in scheduler.log.read_text())
        self.parts["web"].wait_until(self._is_ready)

    def start_worker(self) -> None:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        worker = self._start("worker", "-m", "celery", "--app", "portal", "worker", *quiet)
        worker.wait_until(lambda: "ready." in worker.log.read_text())

    def start_redis(self) -> None:
        options = {"bind": HOST, "port": str(self.redis_port), "save": "", "appendonly": "no", "dir": str(self.folder)}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.parts["redis"] = start("redis", ["redis-server", *words], folder=self.folder)
        self.parts["redis"].wait_until(lambda: accepts(self.redis_port))

    def kill(self, name: str) -> None:
        """At once and without a word of warning."""
        self.parts[name].process.send_signal(signal.SIGKILL)
        self.parts[name].process.wait()

    def stop(self) -> None:
        for part in reversed(self.parts.values()):
            part.stop()

    def ask(
        self, who: str, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One call of the REST API as a person's script would make it."""
        response = urllib3.request(
            method,
            f"http://{HOST}:{self.port}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[who]}", **(headers or {})},
            timeout=45,
            retries=False,
        )
        text = response.data.decode()
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status, json.loads(text) if is_json and text else None, text)

    def let_lease_run_out(self) -> None:
        """As if the minute had passed that a worker may be silent."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute("UPDATE delivery_delivery SET lease_until = now() WHERE lease_until IS NOT NULL")

    def cut_database_connections(self) -> int:
        """As a database server that restarts does; how many there were."""
        with psycopg.connect(self.database_url) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            return len(connection.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall())

    def logs(self) -> str:
        return "\n".join(f"--- {name}\n{part.log_end()}" for name, part in self.parts.items())

    def _start(self, name: str, *words: str) -> Part:
        self.parts[name] = start(name, [sys.executable, *words], folder=self.folder, environment=self.environment)
        return self.parts[name]

    def _run(self, *words: str) -> str:
        command = [sys.executable, *words]
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def _is_ready(self) -> bool:
        try:
            answer = urllib3.request("GET", f"http://{HOST}:{self.port}/readyz", timeout=5, retries=False)
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == 200

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://{HOST}:{self.redis_port}/0",
            "PORTICO_ENV": "demo",
            "PORTICO_STATE_DIR": str(self.folder),
            "PORTICO_STATIC_ROOT": str(self.folder / "static"),
            "PORTICO_URL": f"http://{HOST}:{self.port}",
            "PORTICO_ALLOW_LOOPBACK_CLUSTERS": "1",
            "PORTICO_ENCRYPTION_KEYS": "test:" + b64encode(secrets.token_bytes(32)).decode(),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
