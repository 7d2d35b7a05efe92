"""Starts the parts in order, waits until each really works, says so once, and stops all of them together."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType

from demo.folder import DemoError, held, is_free, keep_keys, make_plan
from demo.parts import (
    WORKER_COMMAND,
    answers,
    backends_command,
    issue_tokens,
    router_command,
    sandbox_command,
    web_command,
    worker_listens,
)
from demo.plan import CLUSTERS, HOST, HTTPS_OFFSET, PASSWORD, SERVICES, Plan
from demo.programs import Program, start, stop_all

WATCH_SECONDS = 0.3
# How a part marks a line of its log that people should see.
SAY = "demo: "
PEOPLE = (
    ("developer", "team web: asks for exposures"),
    ("developer2", "team pay: another team"),
    ("approver", "group network: decides"),
    ("approver2", "group network: decides"),
    ("platform", "platform admin: clusters, people, teams"),
    ("auditor", "sees everything, changes nothing"),
)


class Stopped(BaseException):
    """Somebody asked us to stop; like KeyboardInterrupt, nothing on the way may swallow it."""


def run(folder: Path, port: int, router_port: int, own_cluster: Path | None) -> None:
    """The whole demo, until a signal (a quiet return) or until one of its parts ends (DemoError)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with held(folder):
            _Parts(_prepare(folder, port, router_port), own_cluster).run()
    except Stopped:
        print("\nPortico has stopped.", flush=True)


def _stop(number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second signal must not interrupt the stopping.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def _prepare(folder: Path, port: int, router_port: int) -> Plan:
    _check_ports({"PORT": port, "ROUTER_PORT": router_port, "ROUTER_PORT+363": router_port + HTTPS_OFFSET})
    keep_keys(folder)
    plan = make_plan(folder, port, router_port)
    for each in (plan.logs, plan.sandbox, plan.broker):
        each.mkdir(mode=0o700, exist_ok=True)
    issue_tokens(plan)
    return plan


def _check_ports(stated: dict[str, int]) -> None:
    if len(set(stated.values())) < len(stated):
        raise DemoError(f"{', '.join(stated)} must differ.")
    for name, number in stated.items():
        if not is_free(number):
            variable = name.partition("+")[0]
            raise DemoError(f"Port {number} ({name}) is in use. Choose another one: make demo {variable}=…")


class _Parts:
    """The running parts of one demo."""

    def __init__(self, plan: Plan, own_cluster: Path | None) -> None:
        self.plan = plan
        self.own_cluster = [str(own_cluster)] if own_cluster else []
        self.environment = plan.environment()
        self.running: list[Program] = []

    def run(self) -> None:
        try:
            self._start_all()
            _say(_welcome(self.plan))
            self._watch()
        finally:
            stop_all(self.running)

    def _start_all(self) -> None:
        plan = self.plan
        _say(f"Starting the demo in {plan.folder}")
        sandbox = self._start("sandbox", *sandbox_command(plan))
        backends = self._start("backends", *backends_command(plan))
        seeds = self._start("seeds", "-m", "demo.seeds", "base", *self.own_cluster)
        sandbox.wait_until(lambda: all(sandbox.says(f"{name} https://") for name in CLUSTERS))
        backends.wait_until(lambda: all(backends.says(f"{name}=") for name in SERVICES))
        router = self._start("router", *router_command(plan))
        self._finish(seeds)
        self._start_product()
        router.wait_until(lambda: router.says(f"http://{HOST}:{plan.router_port}"))
        if not plan.life_stamp.exists():
            self._finish(self._start("life", "-m", "demo.seeds", "life"))

    def _start_product(self) -> None:
        plan = self.plan
        web = self._start("web", *web_command(plan))
        worker = self._start("worker", *WORKER_COMMAND)
        scheduler = self._start("scheduler", "manage.py", "scheduler")
        web.wait_until(lambda: answers(plan.port, "/readyz"))
        worker.wait_until(lambda: worker_listens(plan.broker))
        scheduler.wait_until(lambda: scheduler.says("scheduler_started"))

    def _start(self, name: str, *command: str) -> Program:
        program = start(name, command, logs=self.plan.logs, environment=self.environment)
        self.running.append(program)
        return program

    def _finish(self, program: Program) -> None:
        """Wait for a part that ends by itself; what it has to say to people is shown."""
        program.wait_for_success()
        self.running.remove(program)
        for line in program.log.read_text().splitlines():
            if line.startswith(SAY):
                _say(line.removeprefix(SAY))

    def _watch(self) -> None:
        while not (ended := [program for program in self.running if program.has_ended]):
            time.sleep(WATCH_SECONDS)
        raise DemoError("\n".join(program.obituary() for program in ended))


def _welcome(plan: Plan) -> str:
    people = "\n".join(f"  {name:<11} {what}" for name, what in PEOPLE)
    return f"""
Portico is ready: {plan.url}/

{people}
  Password of each: {PASSWORD}

  Exposed services   http://<name>.dev.localhost:{plan.router_port}/ and https on {plan.https_port}
  Tokens for REST    {plan.tokens_file}
  kubectl            --kubeconfig {plan.kubeconfig} --context dev-1
  Logs               {plan.logs}

Ctrl-C stops it, `make demo` goes on from here, `make demo-reset` forgets everything."""


def _say(line: str) -> None:
    print(line, flush=True)
