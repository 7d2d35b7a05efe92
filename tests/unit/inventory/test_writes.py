"""Rows are brought in line with a listing at a fixed cost, touching only what differs."""

from __future__ import annotations

import pytest

from apps.inventory.models import Ingress, IngressPath, Namespace, Service
from apps.inventory.writes import (
    Changes,
    Snapshot,
    replace_ingresses,
    replace_ready_endpoints,
    replace_rows,
    upsert_ingress,
)
from tests.factories.clusters import make_cluster
from tests.factories.inventory import make_service

pytestmark = pytest.mark.django_db

AT_10 = Snapshot("10")


@pytest.fixture
def cluster():
    return make_cluster()


def namespaces(cluster, *names, **fields):
    return [Namespace(cluster=cluster, name=name, uid=f"u-{name}", **fields) for name in names]


def ingresses(cluster, *names, hosts=("a.example.com",), **fields):
    return [
        (
            Ingress(cluster=cluster, namespace="web", name=name, **fields),
            [IngressPath(host=host, service_name="shop", service_port="http") for host in hosts],
        )
        for name in names
    ]


def stored(model=Namespace):
    return sorted(model.objects.values_list("name", flat=True))


def test_rows_are_added_changed_and_deleted(cluster):
    replace_rows(Namespace, cluster, namespaces(cluster, "a", "b", "c"), AT_10)
    rows = [*namespaces(cluster, "a", "d"), *namespaces(cluster, "b", labels={"x": "y"})]

    assert replace_rows(Namespace, cluster, rows, Snapshot("11", "10")) == Changes(written=2, deleted=1)

    assert stored() == ["a", "b", "d"]
    assert Namespace.objects.get(name="b").labels == {"x": "y"}


def test_rows_keep_their_identity(cluster):
    replace_rows(Namespace, cluster, namespaces(cluster, "a"), AT_10)
    before = Namespace.objects.get().pk

    replace_rows(Namespace, cluster, namespaces(cluster, "a", labels={"x": "y"}), AT_10)

    assert Namespace.objects.get().pk == before


def test_other_clusters_are_left_alone(cluster):
    other = make_cluster("dev-2")
    replace_rows(Namespace, other, namespaces(other, "theirs"), AT_10)

    replace_rows(Namespace, cluster, namespaces(cluster, "ours"), AT_10)

    assert stored() == ["ours", "theirs"]


def test_object_without_a_name_is_left_out(cluster):
    assert replace_rows(Namespace, cluster, namespaces(cluster, "", "a"), AT_10) == Changes(written=1, deleted=0)


@pytest.mark.parametrize("count", [1, 3])
def test_unchanged_rows_cost_one_query(count, cluster, django_assert_num_queries):
    names = [f"n{number}" for number in range(count)]
    replace_rows(Namespace, cluster, namespaces(cluster, *names), AT_10)

    with django_assert_num_queries(1):
        assert replace_rows(Namespace, cluster, namespaces(cluster, *names), AT_10) == Changes(0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_new_rows_cost_one_query_more(count, cluster, django_assert_num_queries):
    names = [f"n{number}" for number in range(count)]

    with django_assert_num_queries(2):
        replace_rows(Namespace, cluster, namespaces(cluster, *names), AT_10)


@pytest.mark.parametrize("count", [1, 3])
def test_unchanged_ingresses_cost_two_queries(count, cluster, django_assert_num_queries):
    names = [f"n{number}" for number in range(count)]
    replace_ingresses(cluster, ingresses(cluster, *names), AT_10)

    with django_assert_num_queries(2):
        assert replace_ingresses(cluster, ingresses(cluster, *names), AT_10) == Changes(0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_new_ingresses_with_paths_cost_the_same_for_any_number(count, cluster, django_assert_num_queries):
    names = [f"n{number}" for number in range(count)]

    with django_assert_num_queries(4):
        replace_ingresses(cluster, ingresses(cluster, *names), AT_10)
    assert IngressPath.objects.count() == count


def test_paths_are_rewritten_only_where_they_differ(cluster):
    replace_ingresses(cluster, ingresses(cluster, "same", "moved"), AT_10)
    kept = set(IngressPath.objects.filter(ingress__name="same").values_list("pk", flat=True))
    listed = [*ingresses(cluster, "same"), *ingresses(cluster, "moved", hosts=("b.example.com", "c.example.com"))]

    assert replace_ingresses(cluster, listed, AT_10) == Changes(written=1, deleted=0)

    assert set(IngressPath.objects.filter(ingress__name="same").values_list("pk", flat=True)) == kept
    moved = IngressPath.objects.filter(ingress__name="moved").values_list("host", flat=True)
    assert sorted(moved) == ["b.example.com", "c.example.com"]


def test_deleted_ingress_takes_its_paths_along(cluster):
    replace_ingresses(cluster, ingresses(cluster, "a", "b"), AT_10)

    assert replace_ingresses(cluster, ingresses(cluster, "a"), AT_10) == Changes(written=0, deleted=1)
    assert IngressPath.objects.count() == 1


def test_what_was_observed_after_the_listing_is_left_alone(cluster):
    (row, paths) = ingresses(cluster, "applied", resource_version="15")[0]
    upsert_ingress(cluster, row, paths)
    older = ingresses(cluster, "applied", hosts=("old.example.com",), resource_version="9")

    assert replace_ingresses(cluster, older, AT_10) == Changes(0, 0)
    assert replace_ingresses(cluster, [], AT_10) == Changes(0, 0)
    assert IngressPath.objects.get().host == "a.example.com"
    assert replace_ingresses(cluster, [], Snapshot("16", "10")) == Changes(0, 1)


def test_cluster_that_was_set_back_is_believed(cluster):
    replace_rows(Namespace, cluster, namespaces(cluster, "a", resource_version="900"), Snapshot("1000"))

    assert replace_rows(Namespace, cluster, [], Snapshot("3", "1000")) == Changes(0, 1)


@pytest.mark.parametrize("version", ["", "abc", "²"])
def test_versions_that_are_no_numbers_say_nothing(version, cluster):
    replace_rows(Namespace, cluster, namespaces(cluster, "a", resource_version=version), Snapshot(version))

    assert replace_rows(Namespace, cluster, [], Snapshot("1", version)) == Changes(0, 1)


def test_ready_endpoints(cluster):
    for name, ready in (("same", 2), ("more", 1), ("gone", 1)):
        make_service(cluster, name, ready_endpoints=ready)

    assert replace_ready_endpoints(cluster, {("web", "same"): 2, ("web", "more"): 3}) == Changes(written=2, deleted=0)
    assert dict(Service.objects.values_list("name", "ready_endpoints")) == {"same": 2, "more": 3, "gone": 0}


def test_listing_services_keeps_their_ready_endpoints(cluster):
    make_service(cluster, "shop", ready_endpoints=2)
    listed = [Service(cluster=cluster, namespace="web", name="shop", type="NodePort")]

    replace_rows(Service, cluster, listed, AT_10)

    assert list(Service.objects.values_list("type", "ready_endpoints")) == [("NodePort", 2)]


def test_many_stale_rows_are_deleted(cluster):
    replace_rows(Namespace, cluster, namespaces(cluster, *(f"n{number}" for number in range(1100))), AT_10)

    assert replace_rows(Namespace, cluster, namespaces(cluster, "n7"), AT_10) == Changes(written=0, deleted=1099)
    assert stored() == ["n7"]


@pytest.mark.parametrize("count", [1, 3])
def test_ingresses_known_to_be_unchanged_cost_one_query_and_stay(count, cluster, django_assert_num_queries):
    names = [f"n{number}" for number in range(count)]
    replace_ingresses(cluster, ingresses(cluster, *names, "gone"), AT_10)
    unchanged = frozenset(("web", name) for name in names)
    changed = ingresses(cluster, "new")

    assert replace_ingresses(cluster, changed, AT_10, unchanged) == Changes(written=1, deleted=1)
    with django_assert_num_queries(1):
        assert replace_ingresses(cluster, [], AT_10, unchanged | {("web", "new")}) == Changes(0, 0)
    assert sorted(Ingress.objects.values_list("name", flat=True)) == sorted([*names, "new"])
