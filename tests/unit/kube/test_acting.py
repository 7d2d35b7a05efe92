"""Annotations that somebody obeys, and those that only note something."""

from __future__ import annotations

import pytest

from apps.exposures.options import ANNOTATIONS
from apps.kube.acting import is_acting

OBEYED = [
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "traefik.ingress.kubernetes.io/router.middlewares",
    "alb.ingress.kubernetes.io/scheme",
    "ingress.kubernetes.io/ssl-redirect",
    "haproxy-ingress.github.io/config-backend",
    "haproxy.org/backend-config-snippet",
    "nginx.org/server-snippets",
    "custom.nginx.org/rate-limiting",
    "appprotect.f5.com/app-protect-enable",
    "konghq.com/plugins",
    "projectcontour.io/websocket-routes",
    "cert-manager.io/cluster-issuer",
    "acme.cert-manager.io/http01-edit-in-place",
    "external-dns.alpha.kubernetes.io/hostname",
    "kubernetes.io/ingress.class",
    "kubernetes.io/ingress.allow-http",
    "kubernetes.io/tls-acme",
]
NOTED = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "meta.helm.sh/release-name",
    "field.cattle.io/publicEndpoints",
    "argocd.argoproj.io/tracking-id",
    "ingress.kubernetes.io/backends",
    "ingress.kubernetes.io/url-map",
    "kubernetes.io/description",
    "notnginx.org/x",
    "owner",
    "",
]


@pytest.mark.parametrize("annotation", OBEYED)
def test_annotation_of_a_controller_acts(annotation):
    assert is_acting(annotation)


@pytest.mark.parametrize("annotation", NOTED)
def test_note_of_a_tool_does_not_act(annotation):
    assert not is_acting(annotation)


def test_all_that_options_write_acts():
    assert [annotation for annotation in sorted(ANNOTATIONS) if not is_acting(annotation)] == []
