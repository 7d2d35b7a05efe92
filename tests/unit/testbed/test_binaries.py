import pytest

from testbed import binaries
from testbed.machine import PartMissing


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """Neither Go nor anything built."""
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    monkeypatch.setattr(binaries, "CACHE", tmp_path / "cache")
    for variable in binaries.READY_MADE:
        monkeypatch.delenv(variable, raising=False)
    binaries._cache_folder.cache_clear()
    yield
    binaries._cache_folder.cache_clear()


def put_binaries(folder, *names):
    folder.mkdir()
    for name in names:
        (folder / name).touch(0o755)
    return folder


def test_ready_made_binaries_of_both_folders_are_found(tmp_path, monkeypatch):
    monkeypatch.setenv("TESTBED_BIN", str(put_binaries(tmp_path / "own", "traefik", "kube-controller-manager", "etcd")))
    assets = put_binaries(tmp_path / "assets", "etcd", "kube-apiserver")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))
    assert binaries.missing() == []
    assert binaries.require("kube-apiserver") == str(assets / "kube-apiserver")
    assert binaries.require("etcd") == str(tmp_path / "own" / "etcd")


def test_file_that_cannot_run_is_no_binary(tmp_path, monkeypatch):
    folder = put_binaries(tmp_path / "own", "etcd")
    (folder / "etcd").chmod(0o644)
    monkeypatch.setenv("TESTBED_BIN", str(folder))
    with pytest.raises(PartMissing, match=r"^etcd is missing: python -m testbed\.binaries$"):
        binaries.require("etcd")


def test_without_go_the_build_names_go():
    with pytest.raises(PartMissing, match=r"^Go 1\.26 or newer is missing: "):
        binaries.build_missing()
    assert [missing.what for missing in binaries.missing()] == ["Go 1.26 or newer"]


def test_failed_build_shows_its_last_line(tmp_path, monkeypatch):
    programs = tmp_path / "no-programs"
    programs.mkdir()
    go = programs / "go"
    go.write_text(
        '#!/bin/sh\n[ "$1" = env ] && echo go1.26.0 && exit\necho first >&2\necho no space left >&2\nexit 1\n'
    )
    go.chmod(0o755)
    with pytest.raises(PartMissing, match=r"^etcd is missing: its build failed: no space left$"):
        binaries.build_missing()
