from pathlib import Path

import pytest

from testbed import machine


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "POSTGRES_INSTALLATIONS", tmp_path / "none")
    monkeypatch.setattr(machine, "BIND_PROGRAM", tmp_path / "none" / "named")
    return tmp_path


def put_program(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_bare_machine_is_told_one_line_for_each_part(programs, capsys):
    assert machine.main() == 1
    assert capsys.readouterr().err.splitlines() == [
        "Go 1.26 or newer is missing: install it from go.dev, or name a folder of ready-made binaries in TESTBED_BIN",
        "PostgreSQL is missing: apt-get install postgresql",
        "Redis is missing: apt-get install redis-server",
        "BIND is missing: apt-get install bind9",
        "Chromium is missing: apt-get install chromium",
        "The program ip is missing: apt-get install iproute2",
        "The program unshare is missing: apt-get install util-linux",
        "The program setpriv is missing: apt-get install util-linux",
    ]


def test_go_that_is_too_old_is_named_with_its_version(programs):
    put_program(programs, "go", "echo go1.19.8")
    assert [missing.what for missing in machine.missing_go()] == ["Go 1.26 or newer (found 1.19)"]


@pytest.mark.parametrize("version", ["go1.26.0", "go1.26rc1", "go1.30.2"])
def test_go_that_is_new_enough_is_not_missing(programs, version):
    put_program(programs, "go", f"echo {version}")
    assert machine.missing_go() == []


def test_newest_postgres_installation_is_taken(programs, tmp_path, monkeypatch):
    for version in ("9.6", "15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        put_program(folder, "initdb")
    monkeypatch.setattr(machine, "POSTGRES_INSTALLATIONS", tmp_path)
    assert machine.postgres_folder() == tmp_path / "17" / "bin"


def test_bind_outside_the_path_is_found_before_the_one_on_it(programs, monkeypatch):
    on_path = put_program(programs, "named")
    assert machine.named() == str(on_path)
    installed = put_program(programs, "installed-named")
    monkeypatch.setattr(machine, "BIND_PROGRAM", installed)
    assert machine.named() == str(installed)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_ci_is_told_by_its_variable(monkeypatch, value, expected):
    monkeypatch.setenv("CI", value)
    assert machine.is_ci() is expected
