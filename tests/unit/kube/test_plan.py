"""What is done to one object, by what it is and whose it is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kube.manifests import BackendPath, render_ingress, stamp
from apps.kube.plan import (
    Create,
    Delete,
    FieldDifference,
    Refuse,
    Unchanged,
    Update,
    Writer,
    differences,
    last_writer,
    make_plan,
)


def manifest(**changes: Any) -> dict[str, Any]:
    fields = {
        "name": "shop",
        "namespace": "web",
        "exposure_id": "exp_1",
        "host": "shop.example.com",
        "paths": [BackendPath("/", "Prefix", "shop", "http")],
        "tls_secret_name": None,
        "ingress_class_name": "traefik",
    }
    return stamp(render_ingress(**fields | changes), content_hash="sha256:1", revision="rev_1")


def live_of(desired: dict[str, Any]) -> dict[str, Any]:
    """The same object as an API server gives it back."""
    live = copy.deepcopy(desired)
    live["metadata"] |= {
        "uid": "u-1",
        "resourceVersion": "7",
        "generation": 1,
        "creationTimestamp": "2026-11-23T00:00:00Z",
        "managedFields": [{"manager": "portico", "operation": "Apply", "time": "2026-11-23T00:00:00Z"}],
    }
    live["metadata"]["annotations"]["other.example.com/x"] = "theirs"
    live["status"] = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    return live


DESIRED = manifest()
LIVE = live_of(DESIRED)


def labelled(labels: dict[str, str] | None) -> dict[str, Any]:
    live = copy.deepcopy(LIVE)
    live["metadata"]["labels"] = labels
    return live


NOT_MANAGED = Refuse("not_managed", "An object of this name exists that the portal did not make.")
OTHER = Refuse("other_exposure", "The object belongs to another exposure.")
MANAGED = "app.kubernetes.io/managed-by"


@pytest.mark.parametrize(
    ("desired", "live", "plan"),
    [
        (None, None, Unchanged()),
        (DESIRED, None, Create(DESIRED)),
        (DESIRED, LIVE, Unchanged()),
        (None, LIVE, Delete("web", "shop", "u-1", "7")),
        (DESIRED, labelled(None), NOT_MANAGED),
        (None, labelled(None), NOT_MANAGED),
        (DESIRED, labelled({MANAGED: "Helm", "portico.dev/exposure": "exp_1"}), NOT_MANAGED),
        (DESIRED, labelled({"portico.dev/exposure": "exp_1"}), NOT_MANAGED),
        (DESIRED, labelled({MANAGED: "portico"}), NOT_MANAGED),
        (DESIRED, labelled({MANAGED: "portico", "portico.dev/exposure": "exp_2"}), OTHER),
        (None, labelled({MANAGED: "portico", "portico.dev/exposure": "exp_2"}), OTHER),
    ],
)
def test_plan_by_desired_and_live(desired, live, plan):
    assert make_plan(desired, live, exposure_id="exp_1") == plan


def test_plan_for_an_object_being_deleted_waits():
    live = copy.deepcopy(LIVE)
    live["metadata"]["deletionTimestamp"] = "2026-11-23T01:00:00Z"

    plan = make_plan(DESIRED, live, exposure_id="exp_1")

    assert plan == Refuse("being_deleted", "The object is being deleted; what holds it back must go first.")


def test_plan_for_a_changed_exposure_updates():
    desired = manifest(tls_secret_name="shop-tls")

    assert make_plan(desired, LIVE, exposure_id="exp_1") == Update(
        desired, [FieldDifference("spec.tls", [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}], None)]
    )


SNIPPET = "nginx.ingress.kubernetes.io/server-snippet"


def added_by(*managers: str) -> dict[str, Any]:
    """An object with an annotation and a default backend that these managers hold."""
    live = copy.deepcopy(LIVE)
    live["metadata"]["annotations"][SNIPPET] = "deny all;"
    live["spec"]["defaultBackend"] = {"service": {"name": "other", "port": {"number": 80}}}
    held: dict[str, Any] = {"f:metadata": {"f:annotations": {f"f:{SNIPPET}": {}}}, "f:spec": {"f:defaultBackend": {}}}
    live["metadata"]["managedFields"] += [
        {"manager": one, "operation": "Update", "time": "2026-11-23T00:00:01Z", "fieldsV1": held} for one in managers
    ]
    return live


@pytest.mark.parametrize("managers", [("kubectl",), ("portico", "kubectl"), ()])
def test_plan_names_and_takes_out_what_others_added(managers):
    plan = make_plan(DESIRED, added_by(*managers), exposure_id="exp_1")

    assert isinstance(plan, Update)
    assert plan.added == (f"metadata.annotations.{SNIPPET}", "spec.defaultBackend")
    assert plan.removal == {"metadata": {"annotations": {SNIPPET: None}}, "spec": {"defaultBackend": None}}


def test_plan_leaves_to_apply_what_nobody_else_holds():
    """An option or a certificate that the last revision had and this one has not."""
    plan = make_plan(DESIRED, added_by("portico"), exposure_id="exp_1")

    assert isinstance(plan, Update)
    assert [one.path for one in plan.differences] == [f"metadata.annotations.{SNIPPET}", "spec.defaultBackend"]
    assert (plan.added, plan.removal) == ((), {})


def test_plan_takes_nothing_out_of_what_it_writes_as_a_whole():
    live = copy.deepcopy(LIVE)
    live["spec"]["rules"].append({"host": "other.example.com"})

    plan = make_plan(DESIRED, live, exposure_id="exp_1")

    assert isinstance(plan, Update)
    assert (plan.added, plan.removal) == ((), {})


def edited(path: list[Any], value: Any) -> dict[str, Any]:
    live = copy.deepcopy(LIVE)
    place = live
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return live


RULE = ["spec", "rules", 0]
PORT = [*RULE, "http", "paths", 0, "backend", "service", "port"]


@pytest.mark.parametrize(
    ("path", "value", "difference"),
    [
        ([*RULE, "host"], "x.test", FieldDifference("spec.rules.0.host", "shop.example.com", "x.test")),
        (
            [*PORT, "name"],
            "web",
            FieldDifference("spec.rules.0.http.paths.0.backend.service.port.name", "http", "web"),
        ),
        (
            [*PORT, "number"],
            80,
            FieldDifference("spec.rules.0.http.paths.0.backend.service.port.number", None, 80),
        ),
        (["spec", "tls"], [{"hosts": ["a"]}], FieldDifference("spec.tls", None, [{"hosts": ["a"]}])),
        (["spec", "ingressClassName"], "nginx", FieldDifference("spec.ingressClassName", "traefik", "nginx")),
        (
            ["metadata", "annotations", "portico.dev/revision"],
            "rev_0",
            FieldDifference("metadata.annotations.portico.dev/revision", "rev_1", "rev_0"),
        ),
        (
            ["metadata", "labels", MANAGED],
            "Helm",
            FieldDifference(f"metadata.labels.{MANAGED}", "portico", "Helm"),
        ),
        (["metadata", "name"], "other", FieldDifference("metadata.name", "shop", "other")),
        (["kind"], "Service", FieldDifference("kind", "Ingress", "Service")),
    ],
)
def test_differences_name_the_field(path, value, difference):
    assert differences(DESIRED, edited(path, value)) == [difference]


def test_differences_of_lists_of_other_length_show_the_lists():
    two = [*LIVE["spec"]["rules"], {"host": "evil.test"}]

    assert differences(DESIRED, edited(["spec", "rules"], two)) == [
        FieldDifference("spec.rules", DESIRED["spec"]["rules"], two)
    ]


@pytest.mark.parametrize("value", [None, "", {}, []])
def test_differences_ignore_empty_values(value):
    assert differences(DESIRED, edited(["spec", "defaultBackend"], value)) == []


def test_differences_ignore_a_class_that_the_server_filled_in():
    assert differences(manifest(ingress_class_name=None), LIVE) == []


def test_differences_tell_numbers_from_text():
    numbered = manifest(paths=[BackendPath("/", "Prefix", "shop", 80)])
    live = live_of(numbered)
    live["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"]["number"] = "80"

    assert [one.live for one in differences(numbered, live)] == ["80"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(spec=JSON)
def test_an_object_never_differs_from_itself(spec):
    assert differences({"spec": spec}, {"spec": copy.deepcopy(spec)}) == []


@given(live=st.dictionaries(st.sampled_from(["kind", "metadata", "spec", "apiVersion"]), JSON))
def test_whatever_is_live_a_foreign_object_is_refused(live):
    assert make_plan(DESIRED, live, exposure_id="exp_1") == NOT_MANAGED


def entry(manager: str, time: str, **more: str) -> dict[str, str]:
    return {"manager": manager, "operation": "Update", "time": time} | more


@pytest.mark.parametrize(
    ("entries", "writer"),
    [
        (None, None),
        ("odd", None),
        ([], None),
        ([entry("portico", "2026-11-23T09:00:00Z")], None),
        ([entry("traefik", "2026-11-23T09:00:00Z", subresource="status")], None),
        (
            [entry("kubectl", "2026-11-23T08:00:00Z"), entry("helm", "2026-11-23T09:00:00Z"), "odd"],
            Writer("helm", "Update", "2026-11-23T09:00:00Z"),
        ),
        (
            [entry("kubectl-edit", "2026-11-23T08:00:00Z"), entry("portico", "2026-11-23T09:00:00Z")],
            Writer("kubectl-edit", "Update", "2026-11-23T08:00:00Z"),
        ),
    ],
)
def test_last_writer_is_the_newest_but_us(entries, writer):
    assert last_writer({"metadata": {"managedFields": entries}}) == writer


@pytest.mark.parametrize(
    ("path", "manager"),
    [
        ("spec.rules.0.http.paths.0.path", "kubectl-patch"),
        ("metadata.labels.app.kubernetes.io/managed-by", "kubectl-label"),
        ("metadata.annotations.portico.dev/hash", "kubectl-annotate"),
        ("spec.tls", "kubectl-annotate"),
    ],
)
def test_last_writer_of_a_field_is_who_holds_it(path, manager):
    def entry(name: str, hour: int, fields: dict[str, Any]) -> dict[str, Any]:
        return {"manager": name, "operation": "Update", "time": f"2026-01-01T{hour:02}:00:00Z", "fieldsV1": fields}

    entries = [
        entry("kubectl-patch", 1, {"f:spec": {"f:rules": {}}}),
        entry("kubectl-label", 2, {"f:metadata": {"f:labels": {"f:app.kubernetes.io/managed-by": {}}}}),
        entry("kubectl-annotate", 3, {"f:metadata": {"f:annotations": {".": {}, "f:note": {}}}}),
    ]
    writer = last_writer({"metadata": {"managedFields": entries}}, of=[path])
    assert writer is not None
    assert writer.manager == manager
