"""Versions and events of the store."""

from pathlib import Path

from sandbox.kinds import SECRET
from sandbox.storage import Store


def _put(store: Store, name: str) -> int:
    with store.changed:
        return store.put(
            SECRET, {"kind": "Secret", "apiVersion": "v1", "metadata": {"namespace": "web", "name": name}}
        ).version


def test_every_write_gets_the_next_version() -> None:
    store = Store()

    assert [_put(store, "a"), _put(store, "b"), _put(store, "a")] == [2, 3, 4]


def test_removal_is_a_version_of_its_own() -> None:
    store = Store()
    _put(store, "a")
    with store.changed:
        gone = store.remove(SECRET, "web", "a")

    assert (gone.version, store.version, gone.obj["metadata"]["resourceVersion"]) == (3, 3, "3")


def test_events_after_a_version() -> None:
    store = Store()
    for name in ("a", "b", "c"):
        _put(store, name)

    assert [event.key[1] for event in store.events_after(2)] == ["b", "c"]
    assert list(store.events_after(4)) == []


def test_floor_rises_when_events_are_dropped() -> None:
    store = Store(history=2)
    floors = []
    for name in ("a", "b", "c", "d"):
        _put(store, name)
        floors.append(store.floor)

    assert floors == [1, 1, 2, 3]


def test_list_is_in_order_of_names() -> None:
    store = Store()
    for name in ("b", "a"):
        _put(store, name)

    found, version = store.list(SECRET)

    assert ([key for key, _ in found], version) == ([("web", "a"), ("web", "b")], 3)


def test_restarted_store_forgot_its_history(tmp_path: Path) -> None:
    store = Store(tmp_path / "objects.sqlite")
    _put(store, "a")
    store.close()
    again = Store(tmp_path / "objects.sqlite")

    assert (again.version, again.floor, list(again.events_after(0))) == (2, 2, [])
    assert [key for key, _ in again.list(SECRET)[0]] == [("web", "a")]
    again.close()
