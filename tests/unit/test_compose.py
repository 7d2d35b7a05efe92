"""docker-compose.yml, Dockerfile and .env.example against the settings, since no container engine may be at hand."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "scheduler")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUIDE = (ROOT / "docs/guide/operations.md").read_text()
SETTINGS_READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:-[^}]*|:\?[^}]*)?\}")
CHECK = """
import django
django.setup()
from django.conf import settings
print(settings.PORTICO_ENV, settings.DATABASES["default"]["ENGINE"], settings.CELERY_BROKER_URL, settings.DEBUG)
print(settings.DATABASES["default"]["PASSWORD"], settings.SECRET_KEY, settings.PORTICO_ENCRYPTION_KEYS)
"""


def names_in_settings() -> set[str]:
    return set(SETTINGS_READ.findall((ROOT / "portal/settings.py").read_text()))


def filled(text: str, given: dict[str, str]) -> str:
    """The value as compose would hand it on."""
    return VARIABLE.sub(lambda match: given.get(match[1]) or (match[2] or "")[2:], text)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def production(tmp_path: Path, *, without: str = "") -> subprocess.CompletedProcess[str]:
    """Our settings, started with exactly the environment of the web service and the secrets of the guide."""
    secrets = {
        "database_url": "postgres://portico:from-a-file@postgres:5432/portico",
        "secret_key": "a-key-from-a-file",
        "encryption_keys": "2026a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings"}
    for name, value in SERVICES["web"]["environment"].items():
        secret = str(value).removeprefix("/run/secrets/")
        if secret in secrets:
            (tmp_path / secret).write_text(secrets[secret])
        environment[name] = str(tmp_path / secret) if secret in secrets else filled(str(value), example())
    environment.pop(without, None)
    command = [sys.executable, "-c", CHECK]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_production_starts_with_what_compose_sets(tmp_path):
    answer = production(tmp_path)

    assert answer.stdout.splitlines() == [
        "production django.db.backends.postgresql redis://redis:6379/0 False",
        "from-a-file a-key-from-a-file 2026a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    ], answer.stderr


@pytest.mark.parametrize("secret", ["SECRET_KEY_FILE", "PORTICO_ENCRYPTION_KEYS_FILE"])
def test_production_refuses_to_start_without_a_secret(tmp_path, secret):
    answer = production(tmp_path, without=secret)

    assert answer.returncode != 0
    assert "Production needs SECRET_KEY and PORTICO_ENCRYPTION_KEYS" in answer.stderr


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_the_settings_read(service):
    stated = {name.removesuffix("_FILE") for name in SERVICES[service]["environment"]}

    assert stated - names_in_settings() == set()


def test_every_variable_of_the_image_is_one_that_the_settings_read():
    stated = set(re.findall(r"\b(PORTICO_[A-Z_]+)=", DOCKERFILE))

    assert stated - names_in_settings() == set()


@pytest.mark.parametrize("service", OURS)
def test_all_processes_share_one_configuration(service):
    shared = ("image", "environment", "secrets", "networks", "read_only", "cap_drop", "security_opt")

    assert {key: SERVICES[service][key] for key in shared} == {key: SERVICES["web"][key] for key in shared}


def test_example_names_exactly_the_variables_that_are_used():
    used = {name for name, _default in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}

    assert set(example()) == used


def test_secrets_come_from_files_only():
    used = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    files = {name: f"./secrets/{name}" for name in used}

    assert {name: secret["file"] for name, secret in COMPOSE["secrets"].items()} == files
    assert all(f"secrets/{name}" in GUIDE for name in used)


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_stands_in_the_environment(service):
    secret = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL")
    values = {name: value for name, value in SERVICES[service].get("environment", {}).items() if secret.search(name)}

    assert all(name.endswith("_FILE") and value.startswith("/run/secrets/") for name, value in values.items())


@pytest.mark.parametrize("service", ["migrate", "scheduler"])
def test_management_commands_exist(service):
    python, script, command = SERVICES[service]["command"][:3]

    assert (python, script, command in get_commands()) == ("python", "manage.py", True)


def test_worker_runs_our_celery_application():
    words = SERVICES["worker"]["command"]

    assert words[:4] == ["celery", "--app", "portal", "worker"]
    assert importlib.util.find_spec("portal.celery") is not None


def test_web_is_the_command_of_the_image():
    assert "command" not in SERVICES["web"]
    assert 'CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000"' in DOCKERFILE
    assert importlib.util.find_spec("portal.wsgi") is not None
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${PORTICO_PORT:-8000}:8000"]


def test_probe_of_the_health_checks_answers_in_production(client):
    assert "http://127.0.0.1:8000/healthz" in str(SERVICES["web"]["healthcheck"]["test"])
    assert "http://127.0.0.1:8000/healthz" in DOCKERFILE
    assert "127.0.0.1" in SERVICES["web"]["environment"]["ALLOWED_HOSTS"].split(",")
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200


@pytest.mark.parametrize("service", ["web", "worker", "scheduler"])
def test_product_starts_after_database_broker_and_migrations(service):
    assert SERVICES[service]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert {"postgres", "redis"} <= {name for name, each in SERVICES.items() if "test" in each.get("healthcheck", {})}


def test_postgresql_is_the_version_that_the_guide_names():
    wanted = re.search(r"PostgreSQL (\d+)", GUIDE)

    assert wanted is not None
    assert SERVICES["postgres"]["image"] == f"postgres:{wanted[1]}"


def test_redis_refuses_rather_than_forgets():
    words = SERVICES["redis"]["command"]

    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"


def test_databases_are_reached_from_inside_only():
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    assert [SERVICES[name]["networks"] for name in ("postgres", "redis")] == [["inner"], ["inner"]]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_image_runs_as_nobody_special():
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    user = last_stage.index("\nUSER portico\n")

    assert user < last_stage.index("\nHEALTHCHECK") < last_stage.index("\nCMD")
    assert "useradd --uid 10001" in last_stage


def test_image_takes_only_what_exists_and_is_not_ignored():
    sources = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert [source for source in sources if not (ROOT / source).exists() or source in ignored] == []
    assert {"requirements.txt", "manage.py", "portal", "apps", "templates", "static", "locale"} <= set(sources)


def test_image_has_the_python_that_the_lock_file_is_for():
    project = (ROOT / "pyproject.toml").read_text()

    assert set(re.findall(r"^FROM python:([\d.]+)-", DOCKERFILE, re.MULTILINE)) == {"3.11"}
    assert 'python_version = "3.11"' in project
