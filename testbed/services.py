"""Run a command with PostgreSQL and Redis beside it: `python -m testbed.services -- pytest tests/integration`.

The command finds them in DATABASE_URL and REDIS_URL, as in production. On a machine that lacks one of them the command
is skipped with a line for each; under CI=true that is a failure.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from testbed.machine import is_ci, missing_postgres, missing_redis
from testbed.postgres import Postgres
from testbed.redis import Redis
from testbed.workspace import workspace


def main(words: Sequence[str]) -> int:
    command = [word for word in words[:1] if word != "--"] + list(words[1:])
    if not command:
        sys.exit("usage: python -m testbed.services -- COMMAND …")
    lacking = missing_postgres() + missing_redis()
    for missing in lacking:
        print(f"SKIPPED {' '.join(command)}: {missing}", file=sys.stderr)
    return int(is_ci()) if lacking else _run(command)


def _run(command: list[str]) -> int:
    with ExitStack() as stack:
        folder = stack.enter_context(workspace())
        postgres = Postgres.start(folder / "postgres")
        stack.callback(postgres.stop)
        redis = Redis.start(folder / "redis")
        stack.callback(redis.stop)
        environment = {**os.environ, "DATABASE_URL": postgres.create_database(), "REDIS_URL": redis.url()}
        return _wait(command, environment)


def _wait(command: list[str], environment: dict[str, str]) -> int:
    """The command's exit status; a signal to us is passed on, and the command dies with us."""
    wrapped = ["setpriv", "--pdeathsig", "KILL", "--", *command]
    with subprocess.Popen(wrapped, env=environment) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the command as well
        status = process.wait()
    return status if status >= 0 else 128 - status  # as a shell tells of a signal


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
