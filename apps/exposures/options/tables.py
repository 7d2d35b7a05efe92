"""Per controller: which annotations an option becomes. Data, so that the set of all annotations can be listed.

A line is (annotation, how the value is written); a writer that returns None writes nothing. Later options of the
catalogue win over earlier ones, e.g. the credentials of CORS over their default.

Where a controller has an old and a new name for an annotation, the old one is written: a controller that does not
know the new name would ignore an allow-list silently. Where the default of a controller is laxer than the
catalogue's (ingress-nginx and HAProxy Ingress send credentials along as soon as CORS is on), it is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.exposures.options.grammar import seconds

Writer = Callable[[Any], str | None]
Line = tuple[str, Writer]
Table = Mapping[str, tuple[Line, ...]]

NGINX = "nginx.ingress.kubernetes.io/"
HAPROXY_INGRESS = "haproxy-ingress.github.io/"
HAPROXY_ORG = "haproxy.org/"
SANDBOX = "sandbox.portico.dev/"
HOUR = 3600


def as_is(value: Any) -> str:
    return str(value)


def as_boolean(value: bool) -> str:
    return "true" if value else "false"


def as_list(value: list[str]) -> str:
    return ",".join(value)


def as_seconds(value: str) -> str:
    """Without a unit, as ingress-nginx reads it."""
    return str(seconds(value))


def as_time(value: str) -> str:
    """With the unit that HAProxy knows in every version."""
    return f"{seconds(value)}s"


def always(text: str) -> Writer:
    return lambda _value: text


def when_on(text: str) -> Writer:
    return lambda value: text if value else None


def one_of(texts: Mapping[str, str]) -> Writer:
    return texts.get


def header_lines(separator: str) -> Writer:
    """One header a line: the only line breaks that the portal writes are between headers."""
    return lambda headers: "\n".join(f"{name}{separator}{value}" for name, value in headers.items())


def _prefixed(prefix: str, lines: Mapping[str, tuple[Line, ...]]) -> Table:
    return {option: tuple((prefix + key, write) for key, write in found) for option, found in lines.items()}


# Traefik's reader of these annotations knows the size of a body only where requests are buffered, which is the default
# of ingress-nginx itself.
INGRESS_NGINX_TABLE = _prefixed(
    NGINX,
    {
        "redirect_to_https": (("ssl-redirect", as_boolean),),
        "request_body_size": (("proxy-body-size", as_is), ("proxy-request-buffering", always("on"))),
        "connect_timeout": (("proxy-connect-timeout", as_seconds),),
        "read_timeout": (("proxy-read-timeout", as_seconds),),
        "send_timeout": (("proxy-send-timeout", as_seconds),),
        "websocket": (("proxy-read-timeout", when_on(str(HOUR))), ("proxy-send-timeout", when_on(str(HOUR)))),
        "backend_protocol": (("backend-protocol", as_is),),
        "allow_networks": (("whitelist-source-range", as_list),),
        "rate_limit": (("limit-rps", as_is),),
        "cors_allow_origins": (
            ("enable-cors", always("true")),
            ("cors-allow-origin", as_list),
            ("cors-allow-credentials", always("false")),
        ),
        "cors_allow_methods": (("cors-allow-methods", as_list),),
        "cors_allow_headers": (("cors-allow-headers", as_list),),
        "cors_allow_credentials": (("cors-allow-credentials", as_boolean),),
        "cors_max_age": (("cors-max-age", as_seconds),),
        "session_affinity": (("affinity", as_is),),
        "session_cookie_name": (("session-cookie-name", as_is),),
    },
)

# timeout-client is global there, so the time that a client may take cannot be set for one host.
HAPROXY_INGRESS_TABLE = _prefixed(
    HAPROXY_INGRESS,
    {
        "redirect_to_https": (("ssl-redirect", as_boolean),),
        "request_body_size": (("proxy-body-size", as_is),),
        "connect_timeout": (("timeout-connect", as_time),),
        "read_timeout": (("timeout-server", as_time),),
        "websocket": (("timeout-tunnel", when_on(f"{HOUR}s")),),
        "backend_protocol": (("backend-protocol", one_of({"HTTP": "h1", "HTTPS": "h1-ssl", "GRPC": "h2"})),),
        "allow_networks": (("whitelist-source-range", as_list),),
        "rate_limit": (("limit-rps", as_is),),
        "cors_allow_origins": (
            ("cors-enable", always("true")),
            ("cors-allow-origin", as_list),
            ("cors-allow-credentials", always("false")),
        ),
        "cors_allow_methods": (("cors-allow-methods", as_list),),
        "cors_allow_headers": (("cors-allow-headers", as_list),),
        "cors_allow_credentials": (("cors-allow-credentials", as_boolean),),
        "cors_max_age": (("cors-max-age", as_seconds),),
        "hsts_max_age": (("hsts", always("true")), ("hsts-max-age", as_seconds)),
        "hsts_include_subdomains": (("hsts-include-subdomains", as_boolean),),
        "session_affinity": (("affinity", as_is),),
        "session_cookie_name": (("session-cookie-name", as_is),),
        "rewrite_prefix": (("rewrite-target", as_is),),
        "request_headers": (("headers", header_lines(": ")),),
    },
)

HAPROXY_ORG_TABLE = _prefixed(
    HAPROXY_ORG,
    {
        "redirect_to_https": (("ssl-redirect", as_boolean),),
        "read_timeout": (("timeout-server", as_time),),
        "websocket": (),
        "backend_protocol": (
            ("server-ssl", one_of({"HTTP": "false", "HTTPS": "true", "GRPC": "false"})),
            ("server-proto", one_of({"GRPC": "h2"})),
        ),
        "allow_networks": (("whitelist", as_list),),
        "rate_limit": (
            ("rate-limit-requests", as_is),
            ("rate-limit-period", always("1s")),
            ("rate-limit-status-code", always("429")),
        ),
        "cors_allow_origins": (
            ("cors-enable", always("true")),
            ("cors-allow-origin", as_list),
            ("cors-allow-credentials", always("false")),
        ),
        "cors_allow_methods": (("cors-allow-methods", as_list),),
        "cors_allow_headers": (("cors-allow-headers", as_list),),
        "cors_allow_credentials": (("cors-allow-credentials", as_boolean),),
        "cors_max_age": (("cors-max-age", as_time),),
        "request_headers": (("request-set-header", header_lines(" ")),),
        "response_headers": (("response-set-header", header_lines(" ")),),
    },
)

SANDBOX_TABLE = _prefixed(
    SANDBOX,
    {
        "redirect_to_https": (("redirect-to-https", as_boolean),),
        "request_body_size": (("request-body-size", as_is),),
        "allow_networks": (("allow-networks", as_list),),
        "rewrite_prefix": (("rewrite-prefix", as_is),),
        "request_headers": (("request-headers", header_lines(": ")),),
        "response_headers": (("response-headers", header_lines(": ")),),
    },
)

# Traefik passes WebSockets on without being asked; everything else is a Middleware, or stands on the Service.
TRAEFIK_TABLE: Table = {"websocket": ()}
