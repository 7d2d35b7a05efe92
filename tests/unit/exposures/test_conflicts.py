"""Conflicts and what is shared, as tables: uses in, kinds and codes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exposures.policies import (
    ClusterFacts,
    Facts,
    HostUse,
    LiveObject,
    PathUse,
    ServiceFacts,
    find_conflicts,
    find_sharing,
)
from apps.exposures.policies.conflicts import collide
from apps.exposures.spec import ExposureSpec, PathSpec

HOST = "shop.dev.example.net"
WILDCARD = "*.dev.example.net"
CLUSTER = ClusterFacts(
    name="dev-1",
    environment="dev",
    wildcard_domain="dev.example.net",
    allows_self_service=True,
    default_ingress_class_name="traefik",
    classes=frozenset({"traefik", "traefik-2", "nginx"}),
    controllers={"traefik": "traefik.io/c", "traefik-2": "traefik.io/c", "nginx": "k8s.io/ingress-nginx"},
)
PATHS = st.builds(
    PathUse,
    st.lists(st.sampled_from(["a", "b", "ab"]), max_size=2).map(lambda parts: "/" + "/".join(parts))
    | st.sampled_from(["/a/", "/b/"]),
    st.sampled_from(["Exact", "Prefix", "ImplementationSpecific"]),
)


def facts(*uses: HostUse, path: str = "/", path_type: str = "Prefix", **spec: Any) -> Facts:
    return Facts(
        spec=ExposureSpec(HOST, (PathSpec(path, path_type, "shop", "http"),), **spec),
        cluster=CLUSTER,
        namespace="web",
        team="web",
        services={"shop": ServiceFacts("shop", frozenset({"http"}), frozenset({80}))},
        uses=uses,
        exposure_id="exp_own",
    )


def portal(source: str, *, team: str = "pay", cluster: str = "dev-1", **fields: Any) -> HostUse:
    """An exposure or a claim."""
    return HostUse(source, HOST, cluster, team, "#pay", **fields)


def live(
    *, team: str = "pay", cluster: str = "dev-1", host: str = HOST, path: str = "/", path_type: str = "Prefix",
    class_name: str = "traefik", secret: str = "", is_canary: bool = False, **fields: Any,
) -> HostUse:  # fmt: skip
    seen = LiveObject("web/by-hand", class_name, secret, is_canary)
    contact, paths = f"#{team}" if team else "", (PathUse(path, path_type),)
    return HostUse("live_object", host, cluster, team, contact, paths=paths, live=seen, **fields)


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        ([], []),
        # Somebody else's host, wherever it is used.
        ([portal("claim", cluster="")], ["exact"]),
        ([portal("exposure", exposure_id="exp_1")], ["exact"]),
        ([portal("exposure", exposure_id="exp_1", cluster="test-1")], ["exact"]),
        ([live()], ["live_object"]),
        ([live(cluster="prod-1")], ["live_object"]),
        ([live(path="/other")], ["live_object"]),
        ([live(class_name="nginx")], ["live_object"]),
        ([live(is_canary=True)], ["live_object"]),
        ([live(team="", cluster="prod-1")], ["live_object"]),
        ([live(host=WILDCARD)], ["wildcard"]),
        ([live(host=WILDCARD, cluster="prod-1")], ["wildcard"]),
        ([live(host=WILDCARD, team="")], ["wildcard"]),
        # The own team's.
        ([portal("claim", team="web", cluster="")], []),
        ([portal("exposure", team="web", exposure_id="exp_own")], []),
        ([portal("exposure", team="web", exposure_id="exp_1")], ["exact"]),
        ([portal("exposure", team="web", exposure_id="exp_1", cluster="test-1")], []),
        ([portal("exposure", team="web", exposure_id="exp_1", cluster="test-1", shares_entry=True)], ["exact"]),
        ([live(team="web")], ["path"]),
        ([live(team="web", class_name="")], ["path"]),
        ([live(team="web", class_name="traefik-2")], ["path"]),
        ([live(team="web", class_name="nginx")], []),
        ([live(team="web", class_name="gone")], []),
        ([live(team="web", path="/other")], []),
        ([live(team="web", path_type="Exact")], []),
        ([live(team="web", path_type="ImplementationSpecific")], ["path"]),
        ([live(team="web", is_canary=True)], []),
        ([live(team="web", host=WILDCARD)], []),
        ([live(team="web", cluster="test-1")], []),
        ([live(team="web", cluster="test-1", shares_entry=True)], ["exact"]),
        # One line per owner.
        ([portal("exposure", exposure_id="exp_1"), portal("claim", cluster=""), live()], ["exact"]),
        ([live(), live(team="ops", host=WILDCARD)], ["live_object", "wildcard"]),
        ([live(team="", cluster="a"), live(team="", cluster="b"), live(team="", cluster="b")], ["live_object"] * 2),
    ],
)
def test_conflicts(seen: list[HostUse], kinds: list[str]) -> None:
    assert [conflict["kind"] for conflict in find_conflicts(facts(*seen))] == kinds


def test_conflict_names_the_owner_as_contact_and_nothing_of_the_innards() -> None:
    [conflict] = find_conflicts(facts(portal("exposure", exposure_id="exp_1")))
    assert conflict == {
        "host": HOST,
        "path": None,
        "kind": "exact",
        "cluster": None,
        "owner": {"team": "pay", "contact": "#pay"},
        "exposure": None,
        "can_ask_owner": False,
    }


@pytest.mark.parametrize(("team", "cluster"), [("pay", None), ("", "prod-1"), ("web", "prod-1")])
def test_cluster_of_another_teams_object_is_not_told(team: str, cluster: str | None) -> None:
    [conflict] = find_conflicts(facts(live(team=team, cluster="prod-1", shares_entry=True)))
    assert conflict["cluster"] == cluster


def test_conflict_with_the_own_team_says_where() -> None:
    [conflict] = find_conflicts(facts(live(team="web", path="/api/"), path="/api"))
    assert (conflict["kind"], conflict["path"], conflict["cluster"]) == ("path", "/api/", "dev-1")


def test_two_paths_of_the_own_team_are_two_conflicts() -> None:
    both = replace(live(team="web"), paths=(PathUse("/b", "Prefix"),)), live(team="web", path="/a")
    asked = facts(*both)
    paths = (PathSpec("/a", "Prefix", "shop", "http"), PathSpec("/b", "Prefix", "shop", "http"))
    found = find_conflicts(replace(asked, spec=replace(asked.spec, paths=paths)))
    assert [conflict["path"] for conflict in found] == ["/b", "/a"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("/", "Prefix"), ("/", "Prefix"), True),
        (("/a", "Prefix"), ("/a/", "Prefix"), True),
        (("/a", "Prefix"), ("/a/b", "Prefix"), False),
        (("/a", "Prefix"), ("/ab", "Prefix"), False),
        (("/a", "Exact"), ("/a", "Exact"), True),
        (("/a", "Exact"), ("/a/", "Exact"), False),
        (("/a", "Exact"), ("/a", "Prefix"), False),
        (("/A", "Prefix"), ("/a", "Prefix"), False),
        (("/a", "ImplementationSpecific"), ("/a", "Prefix"), True),
        (("/a", "ImplementationSpecific"), ("/a", "Exact"), False),
    ],
)
def test_collide(left: tuple[str, str], right: tuple[str, str], expected: bool) -> None:
    assert collide(PathUse(*left), PathUse(*right)) is expected


@given(PATHS, PATHS)
def test_collide_is_symmetric(left: PathUse, right: PathUse) -> None:
    assert collide(left, right) == collide(right, left)


@given(PATHS)
def test_collide_with_itself_always(path: PathUse) -> None:
    assert collide(path, path)


@given(PATHS, PATHS, PATHS)
def test_collide_is_transitive(first: PathUse, second: PathUse, third: PathUse) -> None:
    if collide(first, second) and collide(second, third):
        assert collide(first, third)


@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        ([], []),
        ([live()], []),
        ([portal("claim", team="web")], []),
        ([portal("exposure", team="web", exposure_id="exp_own", cluster="test-1")], []),
        ([portal("exposure", team="web", exposure_id="exp_1", cluster="test-1")], ["host_elsewhere"]),
        ([portal("exposure", team="web", exposure_id="exp_1", cluster="test-1", shares_entry=True)], []),
        ([live(team="web", path="/other")], ["host_shared"]),
        ([live(team="web", path="/other", class_name="nginx")], []),
        ([live(team="web", path="/other", cluster="test-1")], []),
        ([live(team="web", is_canary=True)], ["canary_shares_path"]),
        ([live(team="web", path="/other", is_canary=True)], []),
        ([live(team="web", host=WILDCARD)], ["wildcard_shared"]),
        ([live(team="web", host=WILDCARD, cluster="test-1")], []),
        ([live(team="web", path="/other", secret="web/other-tls")], ["host_shared", "certificate_differs"]),
        ([live(team="web", path="/other", secret="web/shop-tls")], ["host_shared"]),
        ([live(team="web", path="/other", secret="web-2/shop-tls")], ["host_shared", "certificate_differs"]),
    ],
)
def test_sharing(seen: list[HostUse], codes: list[str]) -> None:
    assert [warning.code for warning in find_sharing(facts(*seen, tls_secret_name="shop-tls"))] == codes


def test_sharing_over_http_says_nothing_of_certificates() -> None:
    assert [found.code for found in find_sharing(facts(live(team="web", path="/other", secret="web/x")))] == [
        "host_shared"
    ]


def test_sharing_names_the_object_and_its_first_paths() -> None:
    paths = tuple(PathUse(f"/{name}", "Prefix") for name in "abcd")
    [warning] = find_sharing(facts(replace(live(team="web"), paths=paths)))
    assert warning.message == "Ingress web/by-hand serves /a, /b, /c … of this host."
