"""The demo's folder."""

import json
import stat

import pytest

from demo.folder import DemoError, forget, free_port, held, is_free, keep_keys, make_plan
from testbed.process import accepts


def test_folder_is_made_private(tmp_path):
    with held(tmp_path / "deep" / "demo"):
        mode = stat.S_IMODE((tmp_path / "deep" / "demo").stat().st_mode)

    assert mode == 0o700


def test_second_demo_in_one_folder_is_refused(tmp_path):
    with held(tmp_path / "demo"), pytest.raises(DemoError, match="already runs"), held(tmp_path / "demo"):
        pass


def test_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(DemoError, match="no demo"):
        forget(tmp_path)

    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_foreign_folder_is_not_used(tmp_path):
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(DemoError, match="no demo"), held(tmp_path):
        pass


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DemoError, match="not a folder"):
        forget(tmp_path / "file")


def test_demo_is_forgotten(tmp_path):
    with held(tmp_path / "demo"):
        keep_keys(tmp_path / "demo")

    assert (forget(tmp_path / "demo"), (tmp_path / "demo").exists()) == (True, False)


def test_running_demo_is_not_forgotten(tmp_path):
    with held(tmp_path / "demo"), pytest.raises(DemoError, match="already runs"):
        forget(tmp_path / "demo")

    assert (tmp_path / "demo").is_dir()


def test_nothing_to_forget(tmp_path):
    assert forget(tmp_path / "demo") is False


def test_keys_are_made_once_and_private(tmp_path):
    keep_keys(tmp_path)
    files = [tmp_path / "keys" / "secret_key", tmp_path / "keys" / "encryption_keys"]
    before = [file.read_text() for file in files]
    keep_keys(tmp_path)

    assert [file.read_text() for file in files] == before
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


def test_keys_of_two_demos_differ(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        keep_keys(tmp_path / name)

    assert (tmp_path / "one/keys/secret_key").read_text() != (tmp_path / "two/keys/secret_key").read_text()


def test_inner_ports_stay_those_of_the_last_run(tmp_path):
    first = make_plan(tmp_path, 8000, 8080)

    assert make_plan(tmp_path, 8001, 8081).inner_ports == first.inner_ports


def test_inner_port_that_somebody_took_is_replaced(tmp_path, listener):
    plan = make_plan(tmp_path, 8000, 8080)
    stated = json.loads(plan.as_json())
    stated["inner_ports"]["dev-1"] = listener
    (tmp_path / "plan.json").write_text(json.dumps(stated))

    ports = make_plan(tmp_path, 8000, 8080).inner_ports

    assert ports.pop("dev-1") != listener
    assert ports == {name: port for name, port in plan.inner_ports.items() if name != "dev-1"}


def test_port_with_a_listener_is_not_free(listener):
    assert (accepts(listener), is_free(listener), is_free(0), is_free(free_port())) == (True, False, False, True)
