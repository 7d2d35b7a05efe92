"""Which annotations of an Ingress change what it does, whoever wrote them: the portal answers for those alone.

Controllers, cert-manager and external-dns obey theirs at once; what kubectl, Helm or Rancher note does nothing.
Groups: the documentation of each controller (ingress-nginx, F5 NGINX, HAProxy, Traefik, Kong, Contour, AWS, GKE).
"""

from __future__ import annotations

from typing import Final

_GROUPS: Final = (
    "ingress.kubernetes.io",
    "nginx.org",
    "nginx.com",
    "f5.com",
    "haproxy.org",
    "haproxy.com",
    "haproxy-ingress.github.io",
    "traefik.io",
    "konghq.com",
    "projectcontour.io",
    "cert-manager.io",
    "external-dns.alpha.kubernetes.io",
    "portico.dev",
)
_OF_KUBERNETES: Final = ("ingress.", "tls-acme")
# What the controller of GKE itself notes on an Ingress that it serves.
_NOTED_BY_GKE: Final = frozenset(
    f"ingress.kubernetes.io/{name}"
    for name in (
        "backends",
        "forwarding-rule",
        "https-forwarding-rule",
        "https-target-proxy",
        "redirect-url-map",
        "ssl-cert",
        "static-ip",
        "target-proxy",
        "url-map",
    )
)


def is_acting(annotation: str) -> bool:
    """Whether some controller obeys an annotation of this name, e.g. `nginx.ingress.kubernetes.io/server-snippet`."""
    group, _slash, name = annotation.partition("/")
    if group == "kubernetes.io":
        return name.startswith(_OF_KUBERNETES)
    return annotation not in _NOTED_BY_GKE and any(group == one or group.endswith(f".{one}") for one in _GROUPS)
