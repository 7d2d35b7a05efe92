"""Options in the bytes that people approve: part of the manifest and of the hash, and repeated by a deletion."""

from __future__ import annotations

import json
from typing import Any

from apps.clusters.models import Cluster
from apps.exposures.enums import Operation
from apps.exposures.models import Revision
from apps.exposures.policies import ClusterFacts, Facts
from apps.exposures.rendering import Rendering, render
from apps.exposures.spec import ExposureSpec, PathSpec


def rendering(options: dict[str, Any], *, controller: str = "k8s.io/ingress-nginx", **changes: Any) -> Rendering:
    spec = ExposureSpec("shop.example.com", (PathSpec("/", "Prefix", "shop", "http"),), options=options)
    cluster = ClusterFacts(
        name="dev-1",
        environment="dev",
        wildcard_domain="",
        allows_self_service=True,
        default_ingress_class_name="web",
        classes=frozenset({"web"}),
        controllers={"web": controller},
    )
    facts = Facts(spec=spec, cluster=cluster, namespace="web", team="web", services={})
    stated: dict[str, Any] = {
        "operation": Operation.CREATE,
        "cluster": Cluster(name="dev-1"),
        "namespace": "web",
        "exposure_id": "exp_1",
        "object_name": "shop-1",
        "spec": spec,
        "facts": facts,
        "base_revision": None,
    }
    return render(**stated | changes)


def annotations_of(of: Rendering) -> Any:
    return json.loads(of.rendered)["metadata"].get("annotations")


def test_options_become_annotations_of_the_manifest() -> None:
    written = annotations_of(rendering({"read_timeout": "5m"}))
    assert written == {"nginx.ingress.kubernetes.io/proxy-read-timeout": "300"}


def test_manifest_without_options_has_no_annotations() -> None:
    assert annotations_of(rendering({})) is None


def test_hash_covers_options() -> None:
    hashes = [rendering({"read_timeout": text}).content_hash for text in ("5m", "6m", "5m")]
    assert hashes[0] == hashes[2] != hashes[1]
    assert rendering({}).content_hash not in hashes


def test_hash_covers_what_the_controller_makes_of_options() -> None:
    other = rendering({"read_timeout": "5m"}, controller="haproxy.org/ingress-controller")
    assert annotations_of(other) == {"haproxy.org/timeout-server": "300s"}
    assert other.content_hash != rendering({"read_timeout": "5m"}).content_hash


def test_deletion_repeats_what_is_there_whatever_the_controller_is_now() -> None:
    live = Revision(rendered=rendering({"rate_limit": 5}).rendered)
    deletion = rendering(
        {"rate_limit": 5}, controller="example.com/new", operation=Operation.DELETE, base_revision=live
    )
    assert annotations_of(deletion) == {"nginx.ingress.kubernetes.io/limit-rps": "5"}
