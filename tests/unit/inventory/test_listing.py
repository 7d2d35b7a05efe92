"""Listing through the gateway: what a cluster that answers nonsense cannot make us do."""

from __future__ import annotations

from typing import Any

import pytest

from apps.inventory.listing import FETCH
from apps.kube.client import Listing
from apps.kube.kinds import SECRET
from tests.factories.clusters import make_cluster

pytestmark = pytest.mark.django_db


class Nonsense:
    """A client whose cluster lists objects that no API server would list, and has none of them."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = items
        self.asked: list[Any] = []

    def list(self, kind, namespace=None, **options):
        return Listing([dict(item) for item in self.items], "7")

    def get(self, kind, namespace, name):
        self.asked.append((namespace, name))
        return {}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        None,
        {"name": "a"},
        {"namespace": "web"},
        {"namespace": "web", "name": ".."},
        {"namespace": ".", "name": "a"},
        {"namespace": 7, "name": ["a"]},
    ],
)
@pytest.mark.parametrize("count", [1, 20])
def test_secrets_without_proper_names_are_not_read(metadata, count):
    client: Any = Nonsense([{"metadata": metadata}] * count)

    FETCH[SECRET](client, make_cluster().pk, [])

    assert client.asked == []


@pytest.mark.parametrize("kind", FETCH, ids=lambda kind: kind.kind)
def test_nonsense_of_any_kind_is_survived(kind):
    client: Any = Nonsense([{}, {"metadata": "x", "spec": []}, {"metadata": {"name": 1}, "spec": {"rules": 3}}])

    assert FETCH[kind](client, make_cluster().pk, []).resource_version == "7"
