"""Ingresses as people and other tools make them, put into a cluster before anybody asks the portal for their host.

One table for the sandbox and for a real API server: what is there, what is asked for, and what must be said. The
annotations and shapes are those of ingress-nginx, cert-manager, external-dns and Helm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NGINX = "nginx.ingress.kubernetes.io/"
SOLVER_LABELS = {
    "acme.cert-manager.io/http-domain": "1234567890",
    "acme.cert-manager.io/http-token": "987654321",
    "acme.cert-manager.io/http01-solver": "true",
}
HELM = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "web"}
CHALLENGE = "/.well-known/acme-challenge/9Yt0kPz1"
TAKEN_BY_OTHER = (("live_object", "pay"),)
TAKEN_BY_NOBODY = (("live_object", ""),)
COVERED_BY_OTHER = (("wildcard", "pay"),)
OWN_PATH = (("path", "web"),)


@dataclass(frozen=True, slots=True)
class Place:
    """The namespaces of the team that asks, of another team, and of nobody; and the cluster's wildcard domain."""

    own: str
    other: str
    nobody: str
    domain: str

    def host(self, name: str = "shop") -> str:
        return f"{name}.{self.domain}"


@dataclass(frozen=True, slots=True)
class Shape:
    """`make` gives what is in the cluster; `conflicts` are (kind, team) of what a wish for `label` must be told."""

    name: str
    make: Callable[[Place], dict[str, Any]]
    conflicts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    label: str = "shop"
    path: str = "/"
    path_type: str = "Prefix"


def ingress(
    namespace: str,
    rules: list[dict[str, Any]] | None,
    *,
    annotations: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
    name: str = "by-hand",
    **spec: Any,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"namespace": namespace, "name": name}
    metadata |= {"annotations": annotations} if annotations else {}
    metadata |= {"labels": labels} if labels else {}
    whole = {"ingressClassName": "traefik", "rules": rules} | spec
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": {key: value for key, value in whole.items() if value is not None},
    }


def rule(host: str | None, *paths: str, path_type: str = "Prefix", service: str = "shop") -> dict[str, Any]:
    backend = {"service": {"name": service, "port": {"number": 80}}}
    entries = [{"path": path, "pathType": path_type, "backend": backend} for path in paths or ("/",)]
    return ({"host": host} if host else {}) | {"http": {"paths": entries}}


def backend() -> dict[str, Any]:
    return {"service": {"name": "shop", "port": {"number": 80}}}


def _other(*paths: str, **fields: Any) -> Callable[[Place], dict[str, Any]]:
    return lambda place: ingress(place.other, [rule(place.host(), *paths)], **fields)


def _own(*paths: str, path_type: str = "Prefix", **fields: Any) -> Callable[[Place], dict[str, Any]]:
    return lambda place: ingress(place.own, [rule(place.host(), *paths, path_type=path_type)], **fields)


def _elsewhere(text: str) -> Callable[[Place], dict[str, Any]]:
    """Another team's object for a own host with a server alias; `{domain}` and `{escaped}` are filled."""
    return lambda place: ingress(
        place.other,
        [rule(place.host("ledger"))],
        annotations={
            f"{NGINX}server-alias": text.format(domain=place.domain, escaped=place.domain.replace(".", r"\."))
        },
    )


def _tls(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return list(entries)


FOREIGN = (
    Shape("exact host of another team", _other(), TAKEN_BY_OTHER),
    Shape("another path of another team's host", _other("/ledger"), TAKEN_BY_OTHER, path="/shop"),
    Shape("deeper path of another team's host", _other("/shop/admin"), TAKEN_BY_OTHER, path="/shop"),
    Shape("host in a namespace of nobody", lambda p: ingress(p.nobody, [rule(p.host())]), TAKEN_BY_NOBODY),
    Shape("wildcard of another team", lambda p: ingress(p.other, [rule(f"*.{p.domain}")]), COVERED_BY_OTHER),
    Shape("wildcard of the platform, which gives way", lambda p: ingress(p.nobody, [rule(f"*.{p.domain}")])),
    Shape("deeper wildcard of another team", lambda p: ingress(p.other, [rule(f"*.shop.{p.domain}")])),
    Shape("second of two rules", lambda p: ingress(p.other, [rule(p.host("a")), rule(p.host())]), TAKEN_BY_OTHER),
    Shape("same host twice", lambda p: ingress(p.other, [rule(p.host(), "/a"), rule(p.host(), "/b")]), TAKEN_BY_OTHER),
    Shape("server alias", _elsewhere("shop.{domain}"), TAKEN_BY_OTHER),
    Shape("server alias among others", _elsewhere("a.{domain},shop.{domain} , b.{domain}"), TAKEN_BY_OTHER),
    Shape("server alias in upper case with a dot", _elsewhere("SHOP.{domain}."), TAKEN_BY_OTHER),
    Shape("wildcard server alias", _elsewhere("*.{domain}"), COVERED_BY_OTHER),
    Shape("leading dot server alias", _elsewhere(".{domain}"), COVERED_BY_OTHER),
    Shape("expression as server alias", _elsewhere(r"~^(shop|docs)\.{escaped}$"), COVERED_BY_OTHER),
    Shape("hostile expression as server alias", _elsewhere("~(a+)+$,~^((a|a)*)*x$")),
    Shape("server alias of another host", _elsewhere("docs.{domain}")),
    Shape("canary in another namespace", _other(annotations={f"{NGINX}canary": "true"}), TAKEN_BY_OTHER),
    Shape("canary that says false", _other(annotations={f"{NGINX}canary": "false"}), TAKEN_BY_OTHER),
    Shape(
        "canary with full weight",
        _other(annotations={f"{NGINX}canary": "true", f"{NGINX}canary-weight": "100"}),
        TAKEN_BY_OTHER,
    ),
    Shape("class that is not there", _other(ingressClassName="gone"), TAKEN_BY_OTHER),
    Shape("no class at all", _other(ingressClassName=None), TAKEN_BY_OTHER),
    Shape(
        "class by the old annotation",
        _other(ingressClassName=None, annotations={"kubernetes.io/ingress.class": "nginx"}),
        TAKEN_BY_OTHER,
    ),
    Shape("default backend only", lambda p: ingress(p.other, None, defaultBackend=backend())),
    Shape("default backend beside a rule", _other(defaultBackend=backend()), TAKEN_BY_OTHER),
    Shape("rule without a host", lambda p: ingress(p.other, [rule(None)])),
    Shape("rule without paths", lambda p: ingress(p.other, [{"host": p.host("a")}, rule(p.host())]), TAKEN_BY_OTHER),
    Shape("rule of the host without paths", lambda p: ingress(p.other, [{"host": p.host()}]), TAKEN_BY_OTHER),
    Shape(
        "www redirect from the host beside",
        lambda p: ingress(p.other, [rule(f"www.{p.host()}")], annotations={f"{NGINX}from-to-www-redirect": "true"}),
        TAKEN_BY_OTHER,
    ),
    Shape("host beside without a redirect", lambda p: ingress(p.other, [rule(f"www.{p.host()}")])),
    Shape("ssl passthrough", _other(annotations={f"{NGINX}ssl-passthrough": "true"}), TAKEN_BY_OTHER),
    Shape("host in spec.tls only", lambda p: ingress(
        p.other, [rule(p.host("ledger"))], tls=_tls({"hosts": [p.host()], "secretName": "x"})
    )),
    Shape("server alias of HAProxy Ingress", lambda p: ingress(
        p.other, [rule(p.host("ledger"))], annotations={"haproxy-ingress.github.io/server-alias": p.host()}
    ), TAKEN_BY_OTHER),
    Shape("expression as server alias of HAProxy Ingress", lambda p: ingress(
        p.other, [rule(p.host("ledger"))],
        annotations={"haproxy-ingress.github.io/server-alias-regex": "^shop\\." + p.domain.replace(".", "\\.") + "$"},
    ), TAKEN_BY_OTHER),
    Shape("external-dns name of another team's object", lambda p: ingress(
        p.other, [rule(p.host("ledger"))],
        annotations={"external-dns.alpha.kubernetes.io/hostname": f"{p.host('a')}, {p.host()}"},
    ), TAKEN_BY_OTHER),
    Shape("external-dns target, which names no host", _other(
        annotations={"external-dns.alpha.kubernetes.io/target": "10.0.0.9"}
    ), TAKEN_BY_OTHER),
    Shape("solver of cert-manager in another namespace", lambda p: ingress(
        p.other, [rule(p.host(), CHALLENGE, path_type="ImplementationSpecific", service="cm-acme-http-solver-x7f2p")],
        name="cm-acme-http-solver-k2l9d", labels=SOLVER_LABELS,
        annotations={f"{NGINX}whitelist-source-range": "0.0.0.0/0,::/0"},
    ), TAKEN_BY_OTHER),
    Shape("chart of another team", _other(
        labels={"app.kubernetes.io/managed-by": "Helm"}, annotations=HELM), TAKEN_BY_OTHER),
)  # fmt: skip

OWN = (
    Shape("own object on the same path", _own(), OWN_PATH),
    Shape("own object on the same path, other ending", _own("/shop/"), OWN_PATH, path="/shop"),
    Shape("own object on the same path by the controller's own rules", _own(
        path_type="ImplementationSpecific"), OWN_PATH),
    Shape("own object on another path", _own("/docs"), warnings=("host_shared",)),
    Shape("own object on a path inside", _own("/shop"), warnings=("host_shared",)),
    Shape("own exact path beside a prefix", _own("/shop", path_type="Exact"), warnings=("host_shared",), path="/shop"),
    Shape("own exact path and the same", _own("/shop", path_type="Exact"), OWN_PATH, path="/shop", path_type="Exact"),
    Shape("own object of another class", _own(ingressClassName="nginx")),
    Shape("own canary on the same path", _own(
        annotations={f"{NGINX}canary": "true"}), warnings=("canary_shares_path",)),
    Shape("own canary that says false", _own(annotations={f"{NGINX}canary": "false"}), OWN_PATH),
    Shape("own wildcard", lambda p: ingress(p.own, [rule(f"*.{p.domain}")]), warnings=("wildcard_shared",)),
    Shape("own default backend", lambda p: ingress(p.own, None, defaultBackend=backend())),
    Shape("own chart on the same path", _own(
        labels={"app.kubernetes.io/managed-by": "Helm"}, annotations=HELM), OWN_PATH),
    Shape("own solver of cert-manager", lambda p: ingress(
        p.own, [rule(p.host(), CHALLENGE, path_type="ImplementationSpecific", service="cm-acme-http-solver-x7f2p")],
        name="cm-acme-http-solver-k2l9d", labels=SOLVER_LABELS,
    ), warnings=("host_shared",)),
    Shape("own object with regular expressions", _own(
        "/docs", path_type="ImplementationSpecific", annotations={f"{NGINX}use-regex": "true"}
    ), warnings=("host_shared",)),
)  # fmt: skip

SHAPES = FOREIGN + OWN
