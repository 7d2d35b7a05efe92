"""PostgreSQL and Redis beside a command, as `make test` uses them."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, psycopg, redis
print(psycopg.connect(os.environ["DATABASE_URL"]).execute("SELECT 6 * 7").fetchone()[0])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
raise SystemExit(7)
"""


@pytest.mark.postgres
def test_command_finds_both_servers_and_keeps_its_status():
    command = [sys.executable, "-m", "testbed.services", "--", sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout.split(), result.stderr, result.returncode) == (["42", "True"], "", 7)


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_command_is_skipped_loudly_when_redis_is_missing(tmp_path, ci, status):
    command = [sys.executable, "-m", "testbed.services", "--", "pytest", "tests/integration"]
    environment = {"PATH": str(tmp_path), "CI": ci}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    redis = "SKIPPED pytest tests/integration: Redis is missing: apt-get install redis-server"
    assert (result.stderr.splitlines()[-1], result.returncode) == (redis, status)
