"""Objects as people and other tools make them, put into a real API server before the portal is asked for their host."""

from __future__ import annotations

import pytest

from testbed.process import eventually
from tests.cluster.main_job.conftest import CLUSTER, INGRESSES, Site
from tests.integration.pitfalls.shapes import SHAPES, Place, Shape
from tests.integration.pitfalls.ways import told

ACCEPTED = {"ok": True, "message": f"{CLUSTER} accepts the manifest."}


@pytest.fixture
def place(site: Site) -> Place:
    return Place(site.namespace, site.other_namespace, "default", f"{site.namespace}.dev.example.net")


def read_again(site: Site) -> bool:
    """Whether the portal has seen the cluster anew; it says so when a reading of its own was still under way."""
    answer = site.ask("platform", "POST", f"/clusters/{CLUSTER}/refresh/", {})
    return (answer.status, answer.json) == (200, {"ran": True, "errors": {}})


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_dry_run_says_what_is_in_the_way_and_the_api_server_accepts_the_rest(
    site: Site, place: Place, shape: Shape
) -> None:
    manifest = shape.make(place)
    address = f"{INGRESSES.format(manifest['metadata']['namespace'])}/{manifest['metadata']['name']}"
    site.kube.client.apply(manifest)
    try:
        assert eventually(lambda: read_again(site))
        body = site.body(place.host(shape.label))
        body["paths"][0] |= {"path": shape.path, "path_type": shape.path_type}

        preview = site.ask("developer", "POST", "/exposures/?dry_run=true", body).json

        assert told(preview["conflicts"]) == list(shape.conflicts)
        assert tuple(warning["code"] for warning in preview["warnings"]) == shape.warnings
        answer = {"ok": None, "message": "The cluster was not asked."} if shape.conflicts else ACCEPTED
        assert (preview["errors"], preview["server_dry_run"]) == ([], answer), preview
    finally:
        site.kube.client.delete(address)
        assert eventually(lambda: read_again(site))
