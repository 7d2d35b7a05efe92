"""Which name servers are asked: those of the configuration, or those that the system uses.

Free of dnspython until the system's servers are read, because the settings check their text here at every start.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

OFF = "off"
PORT = 53


@dataclass(frozen=True, slots=True)
class Server:
    """A name server by address; a name would have to be resolved first."""

    address: str
    port: int = PORT


def parse_servers(text: str) -> tuple[Server, ...]:
    """Read `ip[:port],…`; nothing for `off` and for the empty text. Raises ValueError for what is no address."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    return () if words == [OFF] else tuple(_parse(word) for word in words)


def servers_of(text: str) -> tuple[Server, ...]:
    """The servers that the text names; for the empty text the system's, of which there may be none."""
    return parse_servers(text) if text.strip() else _system_servers()


def _parse(word: str) -> Server:
    """IPv6 with a port wears brackets, as in a URL."""
    if word.startswith("["):
        address, _bracket, port = word[1:].partition("]")
        port = port.removeprefix(":")
    elif word.count(":") == 1:
        address, _colon, port = word.partition(":")
    else:
        address, port = word, ""
    number = int(port or PORT)
    if not 0 < number < 65536:
        raise ValueError(f"{number} is no port")
    return Server(str(ipaddress.ip_address(address)), number)


def _system_servers() -> tuple[Server, ...]:
    import dns.resolver

    try:
        found = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return ()
    return tuple(Server(str(address), found.port) for address in found.nameservers)
