"""The small pages of the demo: a service that names itself, and the router's own errors."""

from dataclasses import dataclass
from html import escape
from http import HTTPStatus

STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;"
    "background:#f6f7f9;color:#1b2430}"
    "main{background:#fff;border:1px solid #dfe3e8;border-radius:12px;padding:2rem 2.5rem;max-width:34rem}"
    "h1{margin:0 0 .25rem;font-size:2rem}p{margin:.25rem 0 1rem;color:#52606d}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1.25rem;margin:0}dt{color:#52606d}"
    "dd{margin:0;font-family:ui-monospace,monospace;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#12161c;color:#e6eaf0}main{background:#1b212a;border-color:#303946}"
    "p,dt{color:#a3b0bf}}"
)


@dataclass(frozen=True)
class Visit:
    """One request as it reached a service."""

    cluster: str
    namespace: str
    service: str
    scheme: str
    host: str
    path: str


def _page(title: str, lead: str, facts: dict[str, str]) -> bytes:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(lead)}</p><dl>{rows}</dl></main></body></html>\n"
    ).encode()


def service_page(visit: Visit) -> bytes:
    facts = {
        "Service": visit.service,
        "Namespace": visit.namespace,
        "Cluster": visit.cluster,
        "Host": visit.host,
        "Path": visit.path,
        "Scheme": visit.scheme,
    }
    return _page(visit.service, "This demo service is reached.", facts)


def error_page(code: int, lead: str, host: str = "", path: str = "") -> bytes:
    title = f"{code} {HTTPStatus(code).phrase}"
    return _page(title, lead, {"Host": host, "Path": path})
