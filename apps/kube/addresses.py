"""Which addresses the portal may call as an API server, and the one address it then calls.

A platform engineer may type any URL, and whoever owns a name's DNS may point it anywhere later. So: https only, a
strict host, resolved once, *every* answer checked, and the connection goes to the answer that was checked. Private
networks are allowed, that is where clusters live; loopback only where a development setting says so; metadata services,
link-local, multicast and unspecified addresses never, in no disguise (mapped, 6to4, Teredo, NAT64).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from apps.common.errors import Violation
from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say
from apps.kube.errors import AddressRefused, Unreachable

IPAddress = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Iterable[str]]

URL_LIMIT = 2048
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~:@!$&'()*+,;=-]*)*")
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")
)
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data", "metadata.azure.internal"})
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")
_HINT = _n("Enter the address of the API server as the portal's machines reach it, such as https://10.0.0.10:6443.")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The parts of an API server's URL; `base_path` has no trailing slash."""

    host: str
    port: int
    base_path: str


@dataclass(frozen=True, slots=True)
class PinnedAddress:
    """A checked URL with the one IP address that connections go to."""

    host: str
    port: int
    ip: str
    base_path: str = ""


def resolve_host(host: str, port: int) -> list[str]:
    """Every address of `host`; Unreachable when the name does not resolve."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            say(_n("The name %(host)s cannot be resolved."), host=host), code="cluster_unresolvable"
        ) from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def check_address(url: str, *, allow_loopback: bool, resolve: Resolver = resolve_host) -> PinnedAddress:
    """The pinned address of `url`; AddressRefused if the URL or any answer may not be called."""
    address = parse_address(url)
    answers = [_unwrapped(ipaddress.ip_address(text.partition("%")[0])) for text in resolve(address.host, address.port)]
    if not answers:
        raise Unreachable(say(_n("The name %(host)s has no address."), host=address.host), code="cluster_unresolvable")
    for answer in answers:
        _check_answer(answer, allow_loopback)
    # IPv4 first: nearly every API server has it, and `localhost` often names an ::1 that nobody listens on.
    pinned = min(answers, key=lambda ip: ip.version)
    return PinnedAddress(address.host, address.port, str(pinned), address.base_path)


def parse_address(url: str) -> ServerAddress:
    """The parts of `url`, without resolving anything; AddressRefused unless it is a plain https URL."""
    if len(url) > URL_LIMIT or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise _refused("url_malformed", _n("The address is too long or has characters that no URL has."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("url_malformed", _n("The address is not a URL.")) from error
    _check_parts(parts)
    return ServerAddress(_host(parts), 443 if port is None else port, parts.path.rstrip("/"))


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme != "https":
        raise _refused("url_not_https", _n("The address must begin with https://."))
    if "@" in parts.netloc:
        raise _refused("url_userinfo", _n("The address must not contain a user name or password."))
    if parts.query or parts.fragment:
        raise _refused("url_query", _n("The address must not contain a query or fragment."))
    if not _PATH.fullmatch(parts.path) or ".." in parts.path.split("/"):
        raise _refused("url_malformed", _n("The path of the address is not a plain one."))
    if parts.port == 0:
        raise _refused("url_malformed", _n("The port of the address must be between 1 and 65535."))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if parts.netloc.startswith("["):
        return _literal(host)
    labels = host.split(".")
    # A last label of digits is an IPv4 address in one of inet_aton's many spellings; only the usual one is taken.
    if re.fullmatch(r"\d+|0[xX][0-9a-fA-F]*", labels[-1]):
        return _literal(host)
    if host.lower() in _METADATA_NAMES:
        raise _refused("address_metadata", _n("The address belongs to a cloud metadata service."))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("host_invalid", _n("The host name of the address is not valid."))
    return host


def _literal(text: str) -> str:
    try:
        if "%" in text:
            raise ValueError("zone")
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise _refused("host_invalid", _n("The IP address is not written in the usual form.")) from error


def _unwrapped(ip: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 form that routes to one; others unchanged."""
    if isinstance(ip, IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if inner is not None:
        return inner
    embedded = any(ip in network for network in _NAT64) or (ip in _COMPATIBLE and int(ip) > 1)
    return IPv4Address(int(ip) & 0xFFFFFFFF) if embedded else ip


def check_ip(text: str, *, allow_loopback: bool) -> None:
    """AddressRefused for an IP address that no connection of the portal may go to, in whatever form it is written."""
    _check_answer(_unwrapped(ipaddress.ip_address(text)), allow_loopback)


def _check_answer(ip: IPAddress, allow_loopback: bool) -> None:
    if ip in _METADATA:
        raise _refused("address_metadata", _n("The address belongs to a cloud metadata service."))
    if ip.is_unspecified or (isinstance(ip, IPv4Address) and ip in _THIS_NETWORK):
        raise _refused("address_unspecified", _n("The address 0.0.0.0 names no machine."))
    if ip.is_loopback:
        if not allow_loopback:
            raise _refused("address_loopback", _n("The address leads back to the portal itself."))
        return
    if ip.is_link_local:
        raise _refused("address_link_local", _n("The address is a link-local one."))
    if ip.is_multicast:
        raise _refused("address_multicast", _n("The address is a multicast one."))
    if ip.is_reserved:
        raise _refused("address_reserved", _n("The address is reserved and names no machine."))


def _refused(code: str, message: str) -> AddressRefused:
    return AddressRefused(message, code=code, errors=[Violation(code, "endpoint", message, _HINT)])
