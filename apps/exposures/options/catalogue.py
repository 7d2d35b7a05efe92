"""Every option there is, with its grammar and risk. The order is that of the form and of `GET /api/v1/options/`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.exposures.options.grammar import (
    COOKIE_NAME,
    HEADER_VALUE,
    MAX_PREFIX_LENGTH,
    PREFIX,
    Choice,
    Duration,
    Grammar,
    Headers,
    Many,
    Networks,
    Number,
    Size,
    Switch,
    Text,
    Word,
    read_header_name,
    read_network,
    read_origin,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Risk(StrEnum):
    """High means that a person looks at it wherever it is used (see `risk`)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Option:
    """`default` is what holds when nothing is stated; None leaves it to the controller. `needs` names the option
    without which this one means nothing."""

    name: str
    values: Grammar
    risk: Risk
    description: Text
    needs: str = ""
    needs_tls: bool = False
    default: Any = None


def _method(value: object) -> str:
    return Choice(METHODS).read(value)


PLAIN_PATH = Word(PREFIX, _("a plain path like / or /api"), MAX_PREFIX_LENGTH)
PLAIN_VALUE = Word(HEADER_VALUE, _("letters, digits and . _ -, at most 64"))
REQUEST_HEADERS = {
    "X-Api-Version": PLAIN_VALUE,
    "X-Environment": PLAIN_VALUE,
    "X-Request-Source": PLAIN_VALUE,
    "X-Tenant": PLAIN_VALUE,
    "X-Forwarded-Prefix": PLAIN_PATH,
}
RESPONSE_HEADERS = {
    "Cache-Control": Choice(("no-store", "no-cache")),
    "Cross-Origin-Opener-Policy": Choice(("same-origin", "same-origin-allow-popups")),
    "Cross-Origin-Resource-Policy": Choice(("same-origin", "same-site", "cross-origin")),
    "Referrer-Policy": Choice(("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")),
    "X-Content-Type-Options": Choice(("nosniff",)),
    "X-Frame-Options": Choice(("DENY", "SAMEORIGIN")),
    "X-Robots-Tag": Choice(("none", "noindex", "nofollow")),
}

_OPTIONS = (
    Option(
        "redirect_to_https",
        Switch(),
        Risk.LOW,
        _("Answer requests over HTTP with a redirect to HTTPS."),
        needs_tls=True,
    ),
    Option("request_body_size", Size("1k", "5g"), Risk.MEDIUM, _("The largest body of a request, e.g. an upload.")),
    Option("connect_timeout", Duration("1s", "75s"), Risk.LOW, _("How long a connection to a pod may take.")),
    Option("read_timeout", Duration("1s", "1h"), Risk.LOW, _("How long a pod may be silent while it answers.")),
    Option("send_timeout", Duration("1s", "1h"), Risk.LOW, _("How long a pod may take no part of the request.")),
    Option(
        "websocket",
        Switch(),
        Risk.LOW,
        _("Keep WebSockets and other long-lived connections open for up to an hour of silence."),
    ),
    Option(
        "backend_protocol",
        Choice(("HTTP", "HTTPS", "GRPC")),
        Risk.LOW,
        _("What the pods speak. Clients of GRPC usually need the host to be served over HTTPS."),
    ),
    Option(
        "allow_networks",
        Networks(read_network, _("1 to 100 networks like 10.20.0.0/16 or 2001:db8::/32"), 100),
        Risk.MEDIUM,
        _("Only clients of these networks are let in. Letting in more than what is live needs an approval."),
    ),
    Option("rate_limit", Number(1, 10_000), Risk.LOW, _("How many requests a second one client address may make.")),
    Option(
        "cors_allow_origins",
        Many(read_origin, _("1 to 20 origins like https://shop.example.com, or *"), 20),
        Risk.MEDIUM,
        _("Whose pages may call this host from a browser (CORS)."),
    ),
    Option(
        "cors_allow_methods",
        Many(_method, " | ".join(METHODS), len(METHODS)),
        Risk.LOW,
        _("With which methods those pages may call."),
        needs="cors_allow_origins",
    ),
    Option(
        "cors_allow_headers",
        Many(read_header_name, _("1 to 30 names of headers like X-Request-Id"), 30),
        Risk.LOW,
        _("Which headers those pages may send."),
        needs="cors_allow_origins",
    ),
    Option(
        "cors_allow_credentials",
        Switch(),
        Risk.HIGH,
        _("Whether those pages may act with the user's cookies."),
        needs="cors_allow_origins",
        default=False,
    ),
    Option(
        "cors_max_age",
        Duration("1s", "1d"),
        Risk.LOW,
        _("How long browsers may remember these rules."),
        needs="cors_allow_origins",
    ),
    Option(
        "hsts_max_age",
        Duration("5m", "730d"),
        Risk.MEDIUM,
        _("How long browsers shall refuse to use this host without HTTPS (HSTS)."),
        needs_tls=True,
    ),
    Option(
        "hsts_include_subdomains",
        Switch(),
        Risk.HIGH,
        _("Whether that also holds for all names below this host."),
        needs="hsts_max_age",
        needs_tls=True,
    ),
    Option("session_affinity", Choice(("cookie",)), Risk.LOW, _("Keep a client at the same pod by a cookie.")),
    Option(
        "session_cookie_name",
        Word(COOKIE_NAME, _("a letter, then letters, digits, _ and -, at most 32")),
        Risk.LOW,
        _("The name of that cookie."),
        needs="session_affinity",
    ),
    Option(
        "rewrite_prefix",
        PLAIN_PATH,
        Risk.MEDIUM,
        _("What the pods see instead of the path stated above: with / and path /shop, /shop/cart arrives as /cart."),
    ),
    Option(
        "request_headers",
        Headers(REQUEST_HEADERS),
        Risk.HIGH,
        _("Headers of a fixed value that are added to every request to the pods."),
    ),
    Option(
        "response_headers",
        Headers(RESPONSE_HEADERS),
        Risk.HIGH,
        _("Headers that are set on every answer to the client."),
    ),
)

CATALOGUE: dict[str, Option] = {option.name: option for option in _OPTIONS}
