"""Watch: the stream of what changes, with bookmarks, the initial list when asked for, and 410 for versions that are
forgotten.
"""

import json
import random
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from sandbox.errors import ApiError, Cause, expired, invalid
from sandbox.kinds import Kind
from sandbox.reads import FULL, PARTIAL, TABLE, form_of, partial, selected
from sandbox.requests import Request, Response, Target
from sandbox.schema import Object
from sandbox.storage import Event, Store, Stored
from sandbox.tables import table

BOOKMARK_EVERY = 60.0
BOOKMARK_BEFORE_END = 2.0
INITIAL_EVENTS_END = {"annotations": {"k8s.io/initial-events-end": "true"}}


@dataclass
class Watch:
    request: Request
    target: Target
    kind: Kind
    store: Store
    stopped: Callable[[], bool]

    def __post_init__(self) -> None:
        self._form = form_of(self.request)
        self._matches = selected(self.request, self.kind)
        self._bookmarks = self.request.flag("allowWatchBookmarks")
        seconds = self.request.number("timeoutSeconds") or random.randint(1800, 3600)  # noqa: S311 - spreads reconnects
        self._end = time.monotonic() + seconds

    def stream(self) -> Iterator[bytes]:
        version = self.request.query.get("resourceVersion", "")
        initial = self.request.flag("sendInitialEvents")
        if version in ("", "0") or initial:
            seen = yield from self._initial(announce_end=initial)
        else:
            seen = int(version)
        yield from self._follow(seen)

    def _initial(self, *, announce_end: bool) -> Generator[bytes, None, int]:
        found, version = self.store.list(self.kind, self.target.namespace)
        for _, stored in found:
            if self._matches(stored.obj):
                yield self._line("ADDED", stored)
        if announce_end and self._bookmarks:
            yield self._bookmark(version, INITIAL_EVENTS_END)
        return version

    def _follow(self, seen: int) -> Iterator[bytes]:
        next_bookmark = min(time.monotonic() + BOOKMARK_EVERY, self._end - BOOKMARK_BEFORE_END)
        while not self.stopped() and time.monotonic() < self._end:
            if seen < self.store.floor:
                yield _error(expired(f"too old resource version: {seen} ({self.store.floor})"))
                return
            events, current = self._wait(seen, next_bookmark)
            lines = [line for event in events if (line := self._event(event))]
            if lines:
                yield b"".join(lines)
            seen = max(seen, current)
            if self._bookmarks and time.monotonic() >= next_bookmark:
                yield self._bookmark(seen)
                next_bookmark = time.monotonic() + BOOKMARK_EVERY

    def _wait(self, seen: int, next_bookmark: float) -> tuple[list[Event], int]:
        """The events after `seen`, as soon as there are any or something else is due."""
        with self.store.changed:
            if self.store.version <= seen:
                due = min(self._end, next_bookmark) if self._bookmarks else self._end
                self.store.changed.wait(timeout=max(min(due - time.monotonic(), 1.0), 0.01))
            return list(self.store.events_after(seen)), self.store.version

    def _event(self, event: Event) -> bytes | None:
        if not self._concerns(event):
            return None
        was = event.old is not None and self._matches(event.old.obj)
        if event.new is not None and self._matches(event.new.obj):
            return self._line("MODIFIED" if was else "ADDED", event.new)
        return self._line("DELETED", event.gone or _left(event)) if was else None

    def _concerns(self, event: Event) -> bool:
        namespace, name = event.key
        return (
            event.kind_key == self.kind.key
            and self.target.namespace in ("", namespace)
            and self.target.name in ("", name)
        )

    def _line(self, verb: str, stored: Stored) -> bytes:
        if self._form == FULL:
            body = stored.body
        elif self._form == TABLE:
            metadata = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
            body = _dump(table(self.kind, [stored.obj], metadata, self.request.query.get("includeObject", "")))
        else:
            body = _dump(partial(stored.obj))
        return b'{"type":"' + verb.encode() + b'","object":' + body + b"}\n"

    def _bookmark(self, version: int, more: Object | None = None) -> bytes:
        metadata = {"resourceVersion": str(version), "creationTimestamp": None} | (more or {})
        kind, group_version = self.kind.kind, self.kind.group_version
        if self._form == PARTIAL:
            kind, group_version = "PartialObjectMetadata", "meta.k8s.io/v1"
        return (
            _dump({"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": group_version, "metadata": metadata}})
            + b"\n"
        )


def _left(event: Event) -> Stored:
    """An object that no longer matches the selector leaves the watch in its old state, with the new version."""
    old: Object = event.old.obj if event.old else {"metadata": {}}
    return Stored(old | {"metadata": old["metadata"] | {"resourceVersion": str(event.version)}}, event.version)


def _dump(value: Object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _error(error: ApiError) -> bytes:
    return _dump({"type": "ERROR", "object": error.status()}) + b"\n"


def watch(request: Request, target: Target, kind: Kind, store: Store, stopped: Callable[[], bool]) -> Response:
    version = request.query.get("resourceVersion", "")
    if version and not version.isdecimal():
        text = f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": invalid syntax'
        raise ApiError(500, "", text)
    if request.flag("sendInitialEvents") and request.query.get("resourceVersionMatch") != "NotOlderThan":
        message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        raise invalid("meta.k8s.io", "ListOptions", "", [Cause("FieldValueForbidden", "resourceVersionMatch", message)])
    return Response(200, stream=Watch(request, target, kind, store, stopped).stream())
