"""A throw-away BIND 9 on a free loopback port: authoritative for the zones it is given, or a resolver that forwards.

Wildcards, empty non-terminals and CNAME chains behave as RFC 4592 says only in a real server, so tests about them ask
this one. Started as a resolver it shows what people's resolvers make of broken zones.
"""

from __future__ import annotations

import itertools
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testbed.machine import PartMissing, missing_bind, named
from testbed.process import Part, PartFailed, accepts, free_port, start

ADDRESS = "127.0.0.1"
OPTIONS = """options {{
    directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
    managed-keys-directory "{folder}"; listen-on port {port} {{ {address}; }}; listen-on-v6 {{ none; }};
    recursion {recursion}; allow-recursion {{ {address}; }}; dnssec-validation no; empty-zones-enable no; notify no;
}};
controls {{ }};
"""
PRIMARY = 'zone "{name}" {{ type primary; file "{name}.zone"; }};\n'
FORWARD = 'zone "{name}" {{ type forward; forward only; forwarders {{ {address} port {port}; }}; }};\n'
HEAD = "$TTL 60\n@ SOA ns hostmaster {serial} 60 60 60 1\n@ NS ns\nns A 127.0.0.1\n"


@dataclass(frozen=True, slots=True)
class Bind:
    """A running server."""

    part: Part
    port: int
    folder: Path
    _serials: itertools.count[int] = field(default_factory=lambda: itertools.count(2))

    @classmethod
    def start(
        cls, folder: Path, *, zones: Mapping[str, str] | None = None, forwards: Mapping[str, int] | None = None
    ) -> Bind:
        """`zones`: name → records in zone-file form, SOA and NS are added; `forwards`: name → port of who is asked."""
        if lacking := missing_bind():
            raise PartMissing(str(lacking[0]))
        folder.mkdir(mode=0o700)
        port = free_port()
        _configure(folder, port, zones or {}, forwards or {})
        # A copy: where AppArmor is in force, the installed program may not read this folder.
        program = shutil.copy2(named() or "", folder / "named")
        part = start("bind", [str(program), "-g", "-n", "1", "-c", f"{folder}/named.conf"], folder=folder)
        part.wait_until(lambda: "all zones loaded" in part.log.read_text(errors="replace") and accepts(port, ADDRESS))
        if "not loaded due to errors" in part.log.read_text(errors="replace"):
            part.stop()
            raise PartFailed(f"bind refuses a zone:\n{part.log_end()}")
        return cls(part, port, folder)

    def change(self, zone: str, records: str) -> None:
        """Other records for the zone; they are served a moment later."""
        _write_zone(self.folder, zone, records, serial=next(self._serials))
        self.part.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self.part.stop()


def _configure(folder: Path, port: int, zones: Mapping[str, str], forwards: Mapping[str, int]) -> None:
    recursion = "yes" if forwards else "no"
    text = OPTIONS.format(folder=folder, port=port, address=ADDRESS, recursion=recursion)
    for name, records in zones.items():
        _write_zone(folder, name, records, serial=1)
        text += PRIMARY.format(name=name)
    for name, target in forwards.items():
        text += FORWARD.format(name=name, address=ADDRESS, port=target)
    (folder / "named.conf").write_text(text)


def _write_zone(folder: Path, name: str, records: str, *, serial: int) -> None:
    (folder / f"{name}.zone").write_text(HEAD.format(serial=serial) + records + "\n")
