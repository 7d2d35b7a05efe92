"""The hash covers everything that an approver's yes is about, and nothing else (I1, I2)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exposures.rendering import hash_content, is_intact
from tests.factories.clusters import make_cluster
from tests.factories.exposures import make_exposure, make_revision
from tests.factories.people import make_team

PARTS: dict[str, Any] = {
    "operation": "create",
    "cluster_name": "dev-1",
    "exposure_id": "exp_1",
    "rendered": '{"kind":"Ingress"}',
    "renderer_version": "1",
    "facts": {"certificate_fingerprint": "ab"},
    "base_revision_id": "",
}


def test_hash_is_pinned() -> None:
    """A change of this value voids every open approval: raise RENDERER_VERSION and say so in the changelog."""
    assert hash_content(**PARTS) == "sha256:9ff2203a3e972e5fbd1c881a5b0f34c79e6269639b6497a7c63ccaf4631025ed"


@pytest.mark.parametrize(
    "change",
    [
        {"operation": "update"},
        {"cluster_name": "dev-2"},
        {"exposure_id": "exp_2"},
        {"rendered": '{"kind": "Ingress"}'},
        {"renderer_version": "2"},
        {"facts": {"certificate_fingerprint": "cd"}},
        {"base_revision_id": "rev_1"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_counts(change: dict[str, Any]) -> None:
    assert hash_content(**PARTS | change) != hash_content(**PARTS)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_order_of_facts_does_not_matter(facts: dict[str, str]) -> None:
    turned = dict(reversed(facts.items()))
    assert hash_content(**PARTS | {"facts": facts}) == hash_content(**PARTS | {"facts": turned})


@pytest.mark.django_db
def test_revision_whose_bytes_were_not_hashed_like_this_is_not_intact() -> None:
    exposure = make_exposure(make_cluster(), make_team("web"))
    forged = make_revision(exposure)
    honest = make_revision(
        exposure,
        content_hash=hash_content(
            operation="update",
            cluster_name="dev-1",
            exposure_id=exposure.pk,
            rendered="{}",
            renderer_version="1",
            facts={},
            base_revision_id="",
        ),
        rendered="{}",
        facts={},
    )

    assert (is_intact(forged, exposure), is_intact(honest, exposure)) == (False, True)
