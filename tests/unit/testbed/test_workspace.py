import os
import tempfile

import pytest

from testbed.workspace import PREFIX, workspace


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def put_old_folder(tmp_path):
    folder = tmp_path / f"{PREFIX}killed"
    folder.mkdir()
    (folder / "lock").touch()
    os.utime(folder, (0, 0))
    return folder


def test_folder_goes_with_its_run(tmp_path):
    with workspace() as folder:
        (folder / "log").touch()
        assert list(tmp_path.iterdir()) == [folder]
    assert list(tmp_path.iterdir()) == []


def test_folder_of_a_killed_run_is_removed_by_the_next(tmp_path):
    killed = put_old_folder(tmp_path)
    with workspace():
        assert not killed.exists()


def test_folder_of_a_living_run_stays():
    with workspace() as living:
        os.utime(living, (0, 0))
        with workspace():
            assert living.exists()


def test_young_folder_stays(tmp_path):
    young = put_old_folder(tmp_path)
    os.utime(young)
    with workspace():
        assert young.exists()
