"""What the router does besides routing, by annotations of its own on an Ingress.

An annotation that cannot be read never opens anything: a broken allow-list lets nobody in.
"""

import contextlib
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PREFIX = "sandbox.portico.dev/"
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Options:
    """`networks` and `body_size` None mean no limit; `rewrite_prefix` None leaves the path alone."""

    redirect_to_https: bool = False
    body_size: int | None = None
    networks: tuple[Network, ...] | None = None
    rewrite_prefix: str | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    response_headers: Mapping[str, str] = field(default_factory=dict, hash=False)

    def lets_in(self, visitor: str) -> bool:
        if self.networks is None:
            return True
        address = ipaddress.ip_address(visitor)
        return any(address in network for network in self.networks)

    def takes(self, body: bytes) -> bool:
        return self.body_size is None or len(body) <= self.body_size

    def rewritten(self, path: str, prefix: str) -> str:
        """The path as the service sees it: the route's own prefix is exchanged."""
        if self.rewrite_prefix is None:
            return path
        rest = path[len(prefix.rstrip("/")) :]
        return self.rewrite_prefix.rstrip("/") + rest if rest.startswith("/") else self.rewrite_prefix + rest


NO_OPTIONS = Options()


def overlaid(headers: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """`headers` with those of `more` in place of their namesakes."""
    names = {name.lower() for name in more}
    return {name: value for name, value in headers.items() if name.lower() not in names} | dict(more)


def read_options(annotations: Mapping[str, str]) -> Options:
    stated = {key.removeprefix(PREFIX): text for key, text in annotations.items() if key.startswith(PREFIX)}
    return Options(
        redirect_to_https=stated.get("redirect-to-https") == "true",
        body_size=_size(stated["request-body-size"]) if "request-body-size" in stated else None,
        networks=tuple(_networks(stated["allow-networks"])) if "allow-networks" in stated else None,
        rewrite_prefix=stated.get("rewrite-prefix"),
        request_headers=_headers(stated.get("request-headers", "")),
        response_headers=_headers(stated.get("response-headers", "")),
    )


def _size(text: str) -> int:
    number, unit = text[:-1], text[-1:]
    return int(number) * UNITS[unit] if number.isdecimal() and unit in UNITS else 0


def _networks(text: str) -> Iterator[Network]:
    for part in text.split(","):
        with contextlib.suppress(ValueError):
            yield ipaddress.ip_network(part)


def _headers(text: str) -> dict[str, str]:
    lines = [line.partition(":") for line in text.splitlines()]
    return {name.strip(): value.strip() for name, colon, value in lines if colon}
