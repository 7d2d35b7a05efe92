"""What it takes to register a cluster in a test: an authority, a token that can be searched for, a kubeconfig."""

from __future__ import annotations

import base64
import functools
from typing import Any

import yaml

from testbed.certificates import CertificateAuthority

# Looks like nothing the log redaction knows, so that finding it nowhere is the product's doing.
TOKEN = "known-token-Zq8vT3xYw1"
ENDPOINT = "https://10.0.0.10:6443"


@functools.cache
def authority() -> str:
    return CertificateAuthority("Cluster authority").certificate_pem


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "name": "dev-1",
        "environment": "dev",
        "endpoint_url": ENDPOINT,
        "certificate_authority": authority(),
        "token": TOKEN,
    } | changes


def kubeconfig(*contexts: str, server: str = ENDPOINT, **user: Any) -> str:
    names = contexts or ("main",)
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority().encode()).decode()}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": names[0],
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user or {"token": TOKEN}}],
            "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in names],
        }
    )
