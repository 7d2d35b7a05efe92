"""The kinds of objects the portal reads and writes, and where the API serves them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind at one version; `plural` is its name in URLs and in RBAC rules."""

    kind: str
    group_version: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        return self.group_version.rpartition("/")[0]

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """The URL path of the collection, or with `name` of one object; segments are quoted, never interpreted."""
        parts = ["apis" if self.group else "api", *self.group_version.split("/")]
        if namespace is not None and self.namespaced:
            parts += ["namespaces", segment(namespace)]
        parts.append(self.plural)
        if name is not None:
            parts.append(segment(name))
        return "/" + "/".join(parts)


def segment(text: str) -> str:
    """`text` as one path segment; the names that would climb or vanish are a programming error of the caller."""
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} cannot be a path segment")
    return quote(text, safe="")


NAMESPACE = Kind("Namespace", "v1", "namespaces", namespaced=False)
SERVICE = Kind("Service", "v1", "services", namespaced=True)
SECRET = Kind("Secret", "v1", "secrets", namespaced=True)
ENDPOINT_SLICE = Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices", namespaced=True)
INGRESS = Kind("Ingress", "networking.k8s.io/v1", "ingresses", namespaced=True)
INGRESS_CLASS = Kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", namespaced=False)

KINDS = (NAMESPACE, SERVICE, SECRET, ENDPOINT_SLICE, INGRESS, INGRESS_CLASS)
_BY_NAME = {(kind.group_version, kind.kind): kind for kind in KINDS}


def kind_of(manifest: dict[str, object]) -> Kind:
    """The kind a manifest names; KeyError for one that the portal never handles."""
    return _BY_NAME[(str(manifest["apiVersion"]), str(manifest["kind"]))]
