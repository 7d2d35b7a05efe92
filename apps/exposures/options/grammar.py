"""The types of option values. Each reads one JSON value strictly and returns its canonical form, or says what is wrong.

Whatever is returned consists of letters, digits and `. : / _ - *` only, so it can leave no line, string or block of
any controller's configuration. Values are matched whole, in ASCII, and are bounded.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Text = str | Promise
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
KIBIBYTES = {"k": 1, "m": 1024, "g": 1024 * 1024}
AMOUNT = re.compile(r"([1-9][0-9]{0,5})([a-z])")
ADDRESS = re.compile(r"[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ORIGIN = re.compile(rf"https?://(?=[^:]{{1,253}}(:|$)){LABEL}(\.{LABEL})*(:(?P<port>[1-9][0-9]{{0,4}}))?")
HEADER_NAME = re.compile(r"[A-Za-z]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?")
COOKIE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
PREFIX = re.compile(r"/|(/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+/?")
HEADER_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
MAX_PREFIX_LENGTH = 200


class InvalidValue(ValueError):
    """Not a value of the type; the message is for the user."""


class Grammar(Protocol):
    """`type` names it in the API, `grammar` explains it to people."""

    type: ClassVar[str]

    @property
    def grammar(self) -> Text: ...

    def read(self, value: object) -> Any: ...


def seconds(duration: str) -> int:
    """The length of a duration that was read."""
    return int(duration[:-1]) * SECONDS[duration[-1]]


def quoted(value: object) -> str:
    """The start of a refused value for its message, with nothing that hides or breaks the message."""
    return str(value)[:60].encode("ascii", "backslashreplace").decode().replace("\n", "\\n")


def networks(texts: list[str]) -> list[Network]:
    return [ipaddress.ip_network(text) for text in texts]


@dataclass(frozen=True, slots=True)
class Switch:
    type: ClassVar[str] = "boolean"

    @property
    def grammar(self) -> Text:
        return gettext_lazy("true or false")

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidValue(_("Say true or false."))
        return value


@dataclass(frozen=True, slots=True)
class Number:
    least: int
    most: int
    type: ClassVar[str] = "integer"

    @property
    def grammar(self) -> Text:
        return f"{self.least} – {self.most}"

    def read(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise InvalidValue(_("Give a whole number from %(least)d to %(most)d.") % bounds)
        return value


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number with a unit, between two such; the base of durations and sizes."""

    least: str
    most: str
    units: ClassVar[Mapping[str, int]]

    @property
    def grammar(self) -> Text:
        bounds = {"least": self.least, "most": self.most, "units": ", ".join(self.units)}
        return _("a whole number with one of the units %(units)s, from %(least)s to %(most)s") % bounds

    def read(self, value: object) -> str:
        size = self._size(value)
        if size is None or not self._known(self.least) <= size <= self._known(self.most):
            bounds = {"least": self.least, "most": self.most, "units": ", ".join(self.units)}
            message = _("Give a whole number with one of the units %(units)s, from %(least)s to %(most)s.")
            raise InvalidValue(message % bounds)
        return str(value)

    def _size(self, value: object) -> int | None:
        match = AMOUNT.fullmatch(value) if isinstance(value, str) else None
        if match is None or match[2] not in self.units:
            return None
        return int(match[1]) * self.units[match[2]]

    def _known(self, bound: str) -> int:
        return int(bound[:-1]) * self.units[bound[-1]]


@dataclass(frozen=True, slots=True)
class Duration(Amount):
    type: ClassVar[str] = "duration"
    units: ClassVar[Mapping[str, int]] = SECONDS


@dataclass(frozen=True, slots=True)
class Size(Amount):
    type: ClassVar[str] = "size"
    units: ClassVar[Mapping[str, int]] = KIBIBYTES


@dataclass(frozen=True, slots=True)
class Choice:
    values: tuple[str, ...]
    type: ClassVar[str] = "choice"

    @property
    def grammar(self) -> Text:
        return " | ".join(self.values)

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.values:
            raise InvalidValue(_("Choose one of: %(values)s.") % {"values": ", ".join(self.values)})
        return value


@dataclass(frozen=True, slots=True)
class Word:
    """One string that matches `pattern` as a whole."""

    pattern: re.Pattern[str]
    explanation: Text
    length: int = 100
    type: ClassVar[str] = "string"

    @property
    def grammar(self) -> Text:
        return self.explanation

    def read(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > self.length or not self.pattern.fullmatch(value):
            raise InvalidValue(_("Write it as %(grammar)s.") % {"grammar": self.explanation})
        return value


@dataclass(frozen=True, slots=True)
class Many:
    """A list of different values, not empty."""

    one: Callable[[object], str]
    explanation: Text
    most: int
    type: ClassVar[str] = "list"

    @property
    def grammar(self) -> Text:
        return self.explanation

    def read(self, value: object) -> list[str]:
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            raise InvalidValue(_("Give a list of 1 to %(most)d entries.") % {"most": self.most})
        entries = [self.one(entry) for entry in value]
        if len(set(entries)) != len(entries):
            raise InvalidValue(_("An entry stands here twice."))
        return entries


@dataclass(frozen=True, slots=True)
class Networks(Many):
    """An allow-list that leaves somebody out: one that lets in every address only looks like protection."""

    def read(self, value: object) -> list[str]:
        entries = Many.read(self, value)
        found = networks(entries)
        for version in (4, 6):
            whole = ipaddress.collapse_addresses([one for one in found if one.version == version])  # type: ignore[type-var]
            if any(one.prefixlen == 0 for one in whole):
                raise InvalidValue(_("This lets in every address. Leave the option out instead."))
        return entries


@dataclass(frozen=True, slots=True)
class Headers:
    """Names of a closed set, each with the check of its value; names come out in the set's spelling."""

    known: Mapping[str, Grammar]
    type: ClassVar[str] = "headers"

    @property
    def grammar(self) -> Text:
        names: dict[str, list[str]] = {}
        for name, one in self.known.items():
            names.setdefault(str(one.grammar), []).append(name)
        return "; ".join(f"{', '.join(alike)}: {grammar}" for grammar, alike in names.items())

    def read(self, value: object) -> dict[str, str]:
        if not isinstance(value, dict) or not value:
            raise InvalidValue(_("Give headers by their names."))
        unknown = [name for name in value if name not in self.known]
        if unknown:
            raise InvalidValue(_("Only these headers can be set: %(names)s.") % {"names": ", ".join(self.known)})
        return {name: str(self.known[name].read(value[name])) for name in self.known if name in value}


def read_network(value: object) -> str:
    """An address or network in CIDR notation, without host bits; single addresses get their full length."""
    message = _("“%(text)s” is no network. Write it like 10.20.0.0/16 or 2001:db8::/32.") % {"text": quoted(value)}
    if not isinstance(value, str) or not ADDRESS.fullmatch(value):
        raise InvalidValue(message)
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        raise InvalidValue(message) from error
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped is not None:
        # Controllers see such a client by its IPv4 address, so the network would let nobody in.
        raise InvalidValue(message)
    return str(network)


def read_origin(value: object) -> str:
    """`*`, or scheme, host and port of an origin as browsers send it."""
    match = ORIGIN.fullmatch(value) if isinstance(value, str) else None
    if value != "*" and (match is None or int(match["port"] or 1) > 65535):
        message = _("“%(text)s” is no origin. Write it like https://shop.example.com.") % {"text": quoted(value)}
        raise InvalidValue(message)
    return str(value)


def read_header_name(value: object) -> str:
    if not isinstance(value, str) or not HEADER_NAME.fullmatch(value):
        raise InvalidValue(_("“%(text)s” is no name of a header.") % {"text": quoted(value)})
    return value
