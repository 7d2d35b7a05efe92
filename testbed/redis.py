"""A throw-away Redis server on a free loopback port that keeps nothing on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from testbed.machine import PartMissing, missing_redis
from testbed.process import Part, accepts, free_port, start

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Redis:
    """A running server."""

    part: Part
    port: int

    @classmethod
    def start(cls, folder: Path) -> Redis:
        if lacking := missing_redis():
            raise PartMissing(str(lacking[0]))
        folder.mkdir(mode=0o700)
        port = free_port()
        options = {"bind": ADDRESS, "port": str(port), "save": "", "appendonly": "no", "dir": str(folder)}
        command = ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", value))]
        part = start("redis", command, folder=folder)
        part.wait_until(lambda: accepts(port, ADDRESS))
        return cls(part, port)

    def url(self, database: int = 0) -> str:
        return f"redis://{ADDRESS}:{self.port}/{database}"

    def stop(self) -> None:
        self.part.stop()
