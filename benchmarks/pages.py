"""Whether every page keeps its budget on a large installation: 10,000 exposures in 100 clusters.

    .venv/bin/python -m benchmarks.pages [--rounds 30] [--json FILE] [--only WORD]        on SQLite
    .venv/bin/python -m testbed.services -- .venv/bin/python -m benchmarks.pages          on PostgreSQL and Redis

Makes a database of its own (fleet.py), serves it by gunicorn with production settings, and asks for every page as each
role that has it: over HTTP for time and queries, the floor (/healthz) asked in turn with it, and in Chromium for bytes,
layout shift and the console. Queries are counted with a tenth of the data first. Ends with 1 when a budget is broken.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from testbed.process import free_port
from testbed.process import start as start_part

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
CLUSTERS, TENTH = 100, 10
BYTES, SHIFT, P95_MS = 100_000, 0.02, 120.0
WARM_UP = 3
FLOOR = "/healthz"
# A floor slower than this tells of a busy machine: then the CPU time is judged, which neighbours do not change.
QUIET_MS = 3.0
SPENT = re.compile(r'cpu;dur=([\d.]+), db;desc="(\d+)"')
# The sum of all shifts that no input of a person explains, counted from the first byte on.
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(sum), 50));
})"""

ALL = ("developer", "approver", "platform", "auditor")
READERS = ("platform", "auditor")
# Every page, and who has it. {names} come from the seeded data.
PAGES: list[tuple[str, tuple[str, ...]]] = [
    ("/", ALL),
    ("/exposures/", ALL),
    ("/exposures/?state=attention", ("developer", "platform")),
    ("/exposures/?state=serving&page=3", ("platform",)),
    ("/exposures/?q=app-01", ("platform",)),
    ("/exposures/?cluster={cluster}", ("developer", "platform")),
    ("/exposures/new/", ("developer",)),
    ("/exposures/new/?cluster={cluster}&namespace={namespace}&service=service-1&port=http&name=new", ("developer",)),
    ("/exposures/{exposure}/", ("developer", "platform")),
    ("/exposures/{exposure}/manifest/", ("developer",)),
    ("/exposures/{exposure}/history/", ("developer",)),
    ("/exposures/{exposure}/history/{revision}/", ("developer",)),
    ("/exposures/{exposure}/requests/", ("developer",)),
    ("/exposures/{exposure}/events/", ("developer",)),
    ("/exposures/{exposure}/edit/", ("developer",)),
    ("/exposures/{exposure}/delete/", ("developer",)),
    ("/requests/", ALL),
    ("/requests/?state=done", ("developer", "approver", "platform")),
    ("/requests/{pending}/", ("developer", "approver")),
    ("/requests/{done}/", ("developer", "approver")),
    ("/certificates/", ALL),
    ("/certificates/?bucket=expired", ("developer", "platform")),
    ("/certificates/upload/", ("developer",)),
    ("/certificates/{cluster}/{namespace}/certificate-0/", ("developer", "platform")),
    ("/clusters/", ("developer", "platform")),
    ("/clusters/?state=unhealthy", ("platform",)),
    ("/clusters/{cluster}/", ("developer", "platform")),
    ("/clusters/{cluster}/edit/", ("platform",)),
    ("/clusters/{cluster}/retire/", ("platform",)),
    ("/clusters/register/", ("platform",)),
    ("/domains/", ("developer", "platform")),
    ("/domains/reserved/", ("developer", "platform")),
    ("/domains/hosts/", ("developer", "platform")),
    ("/domains/lookup/?host={host}", ("developer", "platform")),
    ("/teams/", ("developer", "platform")),
    ("/teams/{team}/", ("developer", "platform")),
    ("/people/", READERS),
    ("/people/users/developer/", READERS),
    ("/people/groups/", READERS),
    ("/people/groups/network/", READERS),
    ("/audit/", ("developer", *READERS)),
    ("/search/?q=app", ALL),
    ("/search/?q=app-042.dev", ("developer", "platform")),
    ("/profile/", ("developer",)),
    ("/tokens/", ("developer",)),
    ("/tokens/new/", ("developer",)),
    ("/help/", ("developer",)),
]


@dataclass(slots=True)
class Figures:
    """What was measured of one page for one person. Times in milliseconds; `ratio` is to the floor beside it."""

    path: str
    role: str
    queries: int = 0
    queries_of_a_tenth: int = 0
    p50: float = 0.0
    p95: float = 0.0
    cpu_p95: float = 0.0
    ratio: float = 0.0
    bytes: int = 0
    shift: float = 0.0
    noise: list[str] = field(default_factory=list)

    def broken(self, is_quiet: bool) -> list[str]:
        budgets = {
            "time": (self.p95 if is_quiet else self.cpu_p95) > P95_MS,
            "queries": self.queries > self.queries_of_a_tenth,
            "bytes": self.bytes > BYTES,
            "shift": self.shift > SHIFT,
            "console": bool(self.noise),
        }
        return [name for name, is_broken in budgets.items() if is_broken]


@dataclass(frozen=True, slots=True)
class Answer:
    """Milliseconds until the whole page was there, those of CPU in them, and the number of queries."""

    spent: float
    cpu: float
    queries: int


@dataclass(frozen=True, slots=True)
class Site:
    """The running portal with its seeded names and sessions."""

    port: int
    sessions: dict[str, str]
    samples: dict[str, str]

    def address(self, path: str) -> str:
        return path.format(**self.samples)

    def cookies(self, role: str) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.sessions[role]}", "Host": f"localhost:{self.port}"}


class Visitor:
    """One person's kept connection."""

    def __init__(self, site: Site, role: str) -> None:
        self.site, self.headers = site, site.cookies(role)
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)

    def ask(self, path: str) -> Answer:
        started = time.perf_counter()
        self.connection.request("GET", self.site.address(path), headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        spent = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.getheader('Location') or body[:300]!r}")
        cpu, queries = SPENT.findall(answer.getheader("Server-Timing") or "")[0]
        return Answer(spent, float(cpu), int(queries))


def environment_of(folder: Path) -> dict[str, str]:
    """As in production, but without the proxy that speaks HTTPS."""
    keys = {
        "PORTICO_ENV": "production",
        "PORTICO_STATE_DIR": str(folder),
        "PORTICO_STATIC_ROOT": str(folder / "static"),
        "PORTICO_SSL_REDIRECT": "0",
        "PORTICO_RESOLVERS": "off",
        "PORTICO_LOG_LEVEL": "ERROR",
        "SECRET_KEY": secrets.token_hex(32),
        "PORTICO_ENCRYPTION_KEYS": "bench:" + b64encode(secrets.token_bytes(32)).decode(),
    }
    return {"DATABASE_URL": f"sqlite:///{folder / 'portico.sqlite3'}"} | os.environ | keys


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def seed(environment: dict[str, str], port: int, first: int, last: int) -> Site:
    made = json.loads(run(environment, "-m", "benchmarks.fleet", str(first), str(last)))
    return Site(port, made["sessions"], made["samples"])


@contextmanager
def served(environment: dict[str, str], folder: Path, port: int) -> Iterator[None]:
    """gunicorn with the arguments of the image."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "benchmarks.counted",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
    ]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--chdir", str(ROOT)]
    part = start_part("gunicorn", command, folder=folder, environment=environment)
    try:
        part.wait_until(lambda: is_up(port))
        yield
    finally:
        part.stop()


def is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", FLOOR, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wanted(word: str) -> list[Figures]:
    return [Figures(path, role) for path, roles in PAGES for role in roles if word in f"{role} {path}"]


def count_queries(site: Site, pages: Iterable[Figures]) -> None:
    for page in pages:
        page.queries_of_a_tenth = Visitor(site, page.role).ask(page.path).queries


def measure_time(site: Site, pages: Iterable[Figures], rounds: int) -> list[float]:
    """Fills in the times; returns those of the floor."""
    floors: list[float] = []
    for page in pages:
        visitor = Visitor(site, page.role)
        for _ in range(WARM_UP):
            page.queries = visitor.ask(page.path).queries
        pairs = [(visitor.ask(FLOOR).spent, visitor.ask(page.path)) for _ in range(rounds)]
        page.p50 = statistics.median(answer.spent for _floor, answer in pairs)
        page.p95 = percentile([answer.spent for _floor, answer in pairs], 0.95)
        page.cpu_p95 = percentile([answer.cpu for _floor, answer in pairs], 0.95)
        page.ratio = statistics.median(answer.spent / floor for floor, answer in pairs)
        floors += [floor for floor, _answer in pairs]
    return floors


def percentile(values: Iterable[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def look_at_pages(site: Site, pages: list[Figures]) -> None:
    """Each page with an empty cache, in a desktop window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for role in dict.fromkeys(page.role for page in pages):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            sign_in(context, site, role)
            for figures in (page for page in pages if page.role == role):
                look_at(context.new_page(), site, figures)
            context.close()
        browser.close()


def sign_in(context: BrowserContext, site: Site, role: str) -> None:
    address = f"http://localhost:{site.port}"
    context.add_cookies([{"name": "sessionid", "value": site.sessions[role], "url": address, "secure": True}])


def look_at(tab: Page, site: Site, figures: Figures) -> None:
    tab.on("console", lambda said: figures.noise.append(said.text) if said.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: figures.noise.append(str(error)))
    session = tab.context.new_cdp_session(tab)
    loaded = counted_bytes(session)
    tab.goto(f"http://localhost:{site.port}{site.address(figures.path)}", wait_until="networkidle")
    figures.shift = round(tab.evaluate(SHIFTS), 4)
    figures.bytes = sum(size for kind, size in loaded.values() if kind in {"Script", "Stylesheet"})
    tab.close()


def counted_bytes(session: CDPSession) -> dict[str, tuple[str, int]]:
    """By request: its kind and what came over the wire, headers included; filled in while the page loads."""
    loaded: dict[str, tuple[str, int]] = {}

    def seen(event: dict[str, Any]) -> None:
        loaded[event["requestId"]] = (event["type"], 0)

    def finished(event: dict[str, Any]) -> None:
        kind, _size = loaded.get(event["requestId"], ("", 0))
        loaded[event["requestId"]] = (kind, int(event["encodedDataLength"]))

    session.on("Network.responseReceived", seen)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return loaded


@dataclass(frozen=True, slots=True)
class Run:
    """All that was measured in one go."""

    database: str
    pages: list[Figures]
    floors: list[float]

    @property
    def is_quiet(self) -> bool:
        return statistics.median(self.floors) <= QUIET_MS

    @property
    def keeps_its_budgets(self) -> bool:
        return not any(page.broken(self.is_quiet) for page in self.pages)

    def print(self) -> None:
        floor = (
            f"floor {FLOOR}: p50 {statistics.median(self.floors):.1f} ms, p95 {percentile(self.floors, 0.95):.1f} ms"
        )
        print(f"\n{self.database}, {CLUSTERS} clusters, {CLUSTERS * 100} exposures; {floor}")
        if not self.is_quiet:
            print("The machine is busy: times are judged by the CPU that they take.")
        head = f"{'p50':>6} {'p95':>6} {'cpu95':>6} {'×floor':>6} {'queries':>8} {'kB':>6} {'shift':>6}"
        print(f"{'role':10} {'page':58} {head}  over budget")
        for page in self.pages:
            self._print_row(page)

    def _print_row(self, page: Figures) -> None:
        broken = page.broken(self.is_quiet)
        queries = f"{page.queries_of_a_tenth}→{page.queries}" if "queries" in broken else str(page.queries)
        times = f"{page.p50:6.0f} {page.p95:6.0f} {page.cpu_p95:6.0f} {page.ratio:6.1f}"
        weight = f"{queries:>8} {page.bytes / 1000:6.1f} {page.shift:6.3f}"
        print(f"{page.role:10} {page.path[:58]:58} {times} {weight}  {', '.join(broken)}")
        for line in dict.fromkeys(page.noise):
            print(f"{'':10} console: {line[:140]}")

    def as_json(self) -> str:
        budgets = {"bytes": BYTES, "shift": SHIFT, "p95_ms": P95_MS}
        floor = {"path": FLOOR, "p50": statistics.median(self.floors), "p95": percentile(self.floors, 0.95)}
        rows = [asdict(page) | {"broken": page.broken(self.is_quiet)} for page in self.pages]
        whole = {"database": self.database, "quiet": self.is_quiet, "budgets": budgets, "floor": floor, "pages": rows}
        return json.dumps(whole, indent=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="pages whose role and path hold this")
    parser.add_argument("--no-browser", action="store_true", help="time and queries only")
    given = parser.parse_args()
    pages, port = wanted(given.only), free_port()
    with tempfile.TemporaryDirectory(prefix="portico-pages-") as name:
        folder = Path(name)
        environment = environment_of(folder)
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        small = seed(environment, port, 0, TENTH)
        with served(environment, folder, port):
            count_queries(small, pages)
            site = seed(environment, port, TENTH, CLUSTERS)
            floors = measure_time(site, pages, given.rounds)
            if not given.no_browser:
                look_at_pages(site, pages)
    measured = Run(environment["DATABASE_URL"].partition(":")[0], pages, floors)
    measured.print()
    if given.json:
        given.json.write_text(measured.as_json())
    return 0 if measured.keeps_its_budgets else 1


if __name__ == "__main__":
    sys.exit(main())
