"""Where the API serves what."""

from __future__ import annotations

import pytest

from apps.kube.kinds import ENDPOINT_SLICE, INGRESS, KINDS, NAMESPACE, SERVICE, kind_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (SERVICE.path(), "/api/v1/services"),
        (SERVICE.path("web"), "/api/v1/namespaces/web/services"),
        (SERVICE.path("web", "shop"), "/api/v1/namespaces/web/services/shop"),
        (NAMESPACE.path(None, "web"), "/api/v1/namespaces/web"),
        (INGRESS.path("web", "a"), "/apis/networking.k8s.io/v1/namespaces/web/ingresses/a"),
        (ENDPOINT_SLICE.path(), "/apis/discovery.k8s.io/v1/endpointslices"),
    ],
)
def test_path_of_a_kind(path, expected):
    assert path == expected


def test_kind_of_finds_every_kind_and_no_other():
    for kind in KINDS:
        assert kind_of({"apiVersion": kind.group_version, "kind": kind.kind}) is kind
    with pytest.raises(KeyError):
        kind_of({"apiVersion": "v1", "kind": "Pod"})
