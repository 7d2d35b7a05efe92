"""One cluster's objects, their versions and the recent changes.

Objects are replaced, never changed in place, so a reader may keep what it got. Every write gets the next
resourceVersion, is stored before it is visible (SQLite, if there is a file), and is kept for a while as an event,
which is what watches read. What came before the kept events is gone: a watch from there is refused with 410.
"""

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from sandbox.kinds import KINDS, Kind
from sandbox.schema import Object

HISTORY = 5_000

Key = tuple[str, str]  # namespace, name


@dataclass(frozen=True)
class Stored:
    """An object and its bytes as a list shows them (without kind and apiVersion)."""

    obj: Object
    version: int

    @cached_property
    def item(self) -> bytes:
        bare = {key: value for key, value in self.obj.items() if key not in ("kind", "apiVersion")}
        return json.dumps(bare, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def body(self) -> bytes:
        head = f'{{"kind":"{self.obj["kind"]}","apiVersion":"{self.obj["apiVersion"]}",'
        return head.encode() + self.item[1:]


@dataclass(frozen=True)
class Event:
    version: int
    kind_key: str
    key: Key
    old: Stored | None
    new: Stored | None  # None: deleted
    gone: Stored | None = None  # the deleted object, as of the deletion's version


class Store:
    def __init__(self, file: Path | None = None, history: int = HISTORY) -> None:
        self.changed = threading.Condition(threading.RLock())
        self._objects: dict[str, dict[Key, Stored]] = {key: {} for key in KINDS}
        self._events: deque[Event] = deque(maxlen=history)
        self._version = 1
        self._database = _open(file) if file is not None else None
        self._load()
        self._floor = self._version

    def _load(self) -> None:
        if self._database is None:
            return
        for kind_key, namespace, name, version, body in self._database.execute(
            "SELECT kind, namespace, name, version, body FROM objects"
        ):
            self._objects[kind_key][(namespace, name)] = Stored(json.loads(body), version)
        row = self._database.execute("SELECT value FROM counters WHERE name = 'version'").fetchone()
        self._version = row[0] if row else 1

    @property
    def version(self) -> int:
        return self._version

    @property
    def floor(self) -> int:
        """The oldest version from which a watch can go on."""
        return self._floor

    def get(self, kind: Kind, namespace: str, name: str) -> Stored | None:
        return self._objects[kind.key].get((namespace, name))

    def list(self, kind: Kind, namespace: str = "") -> tuple[list[tuple[Key, Stored]], int]:
        """All objects in the order of their keys, and the version as of which this is true."""
        with self.changed:
            found = [
                (key, stored) for key, stored in self._objects[kind.key].items() if not namespace or key[0] == namespace
            ]
            version = self._version
        return sorted(found, key=lambda pair: pair[0]), version

    def put(self, kind: Kind, obj: Object) -> Stored:
        """Stores the object under the next version. The caller holds `changed`."""
        metadata = obj["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        version = self._version + 1
        stored = Stored(obj | {"metadata": metadata | {"resourceVersion": str(version)}}, version)
        if self._database is not None:
            with self._database:
                self._database.execute(
                    "REPLACE INTO objects (kind, namespace, name, version, body) VALUES (?, ?, ?, ?, ?)",
                    (kind.key, *key, version, stored.body),
                )
                self._save_version(version)
        old = self._objects[kind.key].get(key)
        self._objects[kind.key][key] = stored
        self._publish(Event(version, kind.key, key, old, stored))
        return stored

    def remove(self, kind: Kind, namespace: str, name: str) -> Stored:
        """Removes the object; the caller holds `changed` and knows that it exists."""
        key = (namespace, name)
        version = self._version + 1
        if self._database is not None:
            with self._database:
                self._database.execute(
                    "DELETE FROM objects WHERE kind = ? AND namespace = ? AND name = ?", (kind.key, *key)
                )
                self._save_version(version)
        old = self._objects[kind.key].pop(key)
        gone = Stored(old.obj | {"metadata": old.obj["metadata"] | {"resourceVersion": str(version)}}, version)
        self._publish(Event(version, kind.key, key, old, None, gone))
        return gone

    def _save_version(self, version: int) -> None:
        if self._database is not None:
            self._database.execute("REPLACE INTO counters (name, value) VALUES ('version', ?)", (version,))

    def _publish(self, event: Event) -> None:
        if len(self._events) == self._events.maxlen:
            self._floor = self._events[0].version
        self._events.append(event)
        self._version = event.version
        self.changed.notify_all()

    def events_after(self, version: int) -> Iterable[Event]:
        """The kept events after a version; the caller holds `changed` or accepts a snapshot."""
        with self.changed:
            newer = 0
            for event in reversed(self._events):
                if event.version <= version:
                    break
                newer += 1
            return list(islice(self._events, len(self._events) - newer, None))

    def forget_history(self) -> None:
        """What etcd's compaction does: nothing before now can be watched or continued any more."""
        with self.changed:
            self._events.clear()
            self._floor = self._version

    def close(self) -> None:
        with self.changed:
            if self._database is not None:
                self._database.close()
                self._database = None


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, check_same_thread=False)
    database.executescript(
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = OFF;
        CREATE TABLE IF NOT EXISTS objects (
            kind TEXT, namespace TEXT, name TEXT, version INTEGER, body BLOB, PRIMARY KEY (kind, namespace, name)
        );
        CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER);
        """
    )
    return database
