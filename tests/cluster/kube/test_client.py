"""The gateway's client against the sandbox and against a real API server: the same tests, the same answers."""

from __future__ import annotations

import base64
import copy
import secrets
import threading
import time
from typing import Any

import pytest

from apps.kube import errors
from apps.kube.certificates import judge_secret
from apps.kube.client import Access
from apps.kube.kinds import INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind
from apps.kube.manifests import FIELD_MANAGER, BackendPath, object_name, render_ingress, stamp
from apps.kube.permissions import OPTIONAL_RULES
from apps.kube.plan import Create, Delete, FieldDifference, Unchanged, Update, last_writer, make_plan
from tests.cluster.kube.clusters import LEAST_RULES
from tests.unit.kube.certs import NOW, issue

HOST = "shop.example.com"


def ingress(namespace: str, *, host: str = HOST, name: str = "shop", **changes: Any) -> dict[str, Any]:
    fields = {
        "exposure_id": "exp_1",
        "paths": [BackendPath("/", "Prefix", "shop", "http")],
        "tls_secret_name": None,
        "ingress_class_name": "traefik",
    }
    rendered = render_ingress(name=name, namespace=namespace, host=host, **fields | changes)
    return stamp(rendered, content_hash="sha256:1", revision="rev_1")


def service(namespace: str, name: str, **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"ports": [{"name": "http", "port": 80, "protocol": "TCP"}]},
    }


def secret(namespace: str, name: str, secret_type: str, **content: str) -> dict[str, Any]:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in content.items()}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": secret_type, "data": encoded}


def apply(client, manifest: dict[str, Any], **options: Any) -> dict[str, Any]:
    return client.apply(manifest, **{"field_manager": FIELD_MANAGER} | options)


SNIPPET = "nginx.ingress.kubernetes.io/server-snippet"


def names(items: list[dict[str, Any]]) -> list[str]:
    return sorted(item["metadata"]["name"] for item in items)


def test_a_certificate_is_created_with_the_optional_right_and_never_written_over(
    cluster, connect, admin, portal, namespace
):
    rules = [
        {"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs)} for rule in OPTIONAL_RULES
    ]
    uploading, pair = connect(cluster.token_for([*LEAST_RULES, *rules])), issue([HOST])
    manifest = secret(namespace, "shop-tls", "kubernetes.io/tls", **{"tls.crt": pair.pem, "tls.key": pair.key_pem})

    with pytest.raises(errors.Forbidden):
        portal.create(manifest, field_manager=FIELD_MANAGER)
    made = uploading.create(manifest, field_manager=FIELD_MANAGER)
    with pytest.raises(errors.ObjectConflict):
        uploading.create(manifest, field_manager=FIELD_MANAGER)
    with pytest.raises(errors.Forbidden):
        apply(uploading, manifest, force=True)

    assert judge_secret(made["type"], made["data"], now=NOW, host=HOST).usable
    assert admin.get(SECRET, namespace, "shop-tls")["data"] == manifest["data"]


def test_version_is_told(portal):
    version = portal.version()

    assert version.git_version.startswith(f"v{version.major}.{version.minor}.")


def test_unknown_token_is_unauthorized(connect):
    with pytest.raises(errors.Unauthorized) as raised:
        connect("no-such-token").list(NAMESPACE)

    assert raised.value.transient is False


def test_caller_without_rights_is_forbidden(connect, cluster, namespace):
    nobody = connect(cluster.token_for([]))

    for attempt in (
        lambda: nobody.list(NAMESPACE),
        lambda: nobody.get(INGRESS, namespace, "shop"),
        lambda: apply(nobody, ingress(namespace)),
        lambda: nobody.delete(INGRESS, namespace, "shop", uid="u"),
        lambda: next(nobody.watch(INGRESS, resource_version="1", timeout_seconds=1)),
    ):
        with pytest.raises(errors.Forbidden):
            attempt()


def test_review_access_agrees_with_the_rules(connect, cluster, namespace):
    rules = [{"apiGroups": [""], "resources": ["services"], "verbs": ["get"]}]
    reader = connect(cluster.token_for(rules))

    assert reader.review_access(Access("get", "", "services", namespace=namespace)) is True
    assert reader.review_access(Access("list", "", "services", namespace=namespace)) is False
    assert reader.review_access(Access("get", "", "secrets")) is False
    assert rules[0] in [
        {key: rule[key] for key in ("apiGroups", "resources", "verbs")} for rule in reader.rules(namespace).rules
    ]


def test_object_that_is_not_there_is_not_found(portal, namespace):
    for attempt in (
        lambda: portal.get(INGRESS, namespace, "nope"),
        lambda: portal.delete(INGRESS, namespace, "nope", uid="u"),
        lambda: portal.get(NAMESPACE, None, "no-such-namespace"),
    ):
        with pytest.raises(errors.ObjectNotFound):
            attempt()


def test_kind_that_is_not_served_is_not_found(admin):
    with pytest.raises(errors.ObjectNotFound):
        admin.list(Kind("Nothing", "nothing.example.com/v1", "nothings", namespaced=True))


def test_serves_names_what_there_is(portal):
    assert "ingresses" in portal.serves("networking.k8s.io/v1")
    assert "services" in portal.serves("v1")
    assert portal.serves("nothing.example.com/v1") == set()


def test_apply_creates_and_reads_back(portal, namespace):
    desired = ingress(namespace)
    assert make_plan(desired, None, exposure_id="exp_1") == Create(desired)

    created = apply(portal, desired)
    live = portal.get(INGRESS, namespace, "shop")

    assert created == live
    assert make_plan(desired, live, exposure_id="exp_1") == Unchanged()
    assert live["metadata"]["generation"] == 1
    assert [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]] == [
        (FIELD_MANAGER, "Apply")
    ]


def test_apply_again_changes_nothing(portal, namespace):
    first = apply(portal, ingress(namespace))
    again = apply(portal, ingress(namespace))

    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_apply_of_another_spec_replaces_what_we_owned(portal, namespace):
    apply(portal, ingress(namespace, tls_secret_name="shop-tls"))
    desired = ingress(namespace, paths=[BackendPath("/a", "Exact", "shop", 8080)])

    live = apply(portal, desired)

    assert live["spec"] == desired["spec"]
    assert live["metadata"]["generation"] == 2


def test_apply_dry_run_answers_and_writes_nothing(portal, namespace):
    answer = apply(portal, ingress(namespace), dry_run=True)

    assert answer["spec"] == ingress(namespace)["spec"]
    with pytest.raises(errors.ObjectNotFound):
        portal.get(INGRESS, namespace, "shop")


def test_apply_against_another_manager_conflicts_until_forced(portal, namespace):
    apply(portal, ingress(namespace, host="other.example.com"), field_manager="kubectl")

    with pytest.raises(errors.ApplyConflict) as raised:
        apply(portal, ingress(namespace))
    assert raised.value.managers == ["kubectl"]
    assert raised.value.fields_in_conflict == ["spec.rules"]

    assert apply(portal, ingress(namespace), force=True)["spec"] == ingress(namespace)["spec"]


def test_edit_behind_our_back_is_seen_with_its_author(portal, admin, namespace):
    desired = ingress(namespace)
    apply(portal, desired)
    edited = {**copy.deepcopy(desired), "spec": ingress(namespace, host="evil.example.com")["spec"]}
    apply(admin, edited, field_manager="kubectl-edit", force=True)

    live = portal.get(INGRESS, namespace, "shop")
    plan = make_plan(desired, live, exposure_id="exp_1")

    assert plan == Update(desired, [FieldDifference("spec.rules.0.host", HOST, "evil.example.com")])
    writer = last_writer(live)
    assert writer is not None
    assert (writer.manager, writer.operation) == ("kubectl-edit", "Apply")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": "Shop.Example.Com"}, "spec.rules[0].host"),
        ({"host": "a..b"}, "spec.rules[0].host"),
        ({"paths": [BackendPath("no-slash", "Prefix", "shop", "http")]}, "spec.rules[0].http.paths[0].path"),
        ({"paths": [BackendPath("/", "Nope", "shop", "http")]}, "spec.rules[0].http.paths[0].pathType"),
        (
            {"paths": [BackendPath("/", "Prefix", "shop", 70000)]},
            "spec.rules[0].http.paths[0].backend.service.port.number",
        ),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_ingress_that_is_not_valid_is_rejected_at_its_field(portal, namespace, changes, field, dry_run):
    with pytest.raises(errors.Rejected) as raised:
        apply(portal, ingress(namespace, **changes), dry_run=dry_run)

    assert [cause.field for cause in raised.value.causes] == [field]
    assert raised.value.fields["reason"] == "Invalid"


def test_field_that_does_not_exist_is_rejected(portal, namespace):
    manifest = ingress(namespace)
    manifest["spec"]["hostess"] = "x"

    with pytest.raises(errors.Rejected) as raised:
        apply(portal, manifest)

    assert "hostess" in raised.value.message


def test_apply_into_a_namespace_that_is_not_there_is_not_found(portal):
    with pytest.raises(errors.ObjectNotFound):
        apply(portal, ingress("no-such-namespace"))


def test_delete_removes_exactly_what_was_seen(portal, namespace):
    live = apply(portal, ingress(namespace))
    plan = make_plan(None, live, exposure_id="exp_1")
    assert isinstance(plan, Delete)

    with pytest.raises(errors.ObjectConflict):
        portal.delete(INGRESS, namespace, "shop", uid="another-uid")
    with pytest.raises(errors.ObjectConflict):
        portal.delete(INGRESS, namespace, "shop", uid=plan.uid, resource_version="1")
    portal.delete(INGRESS, namespace, "shop", uid=plan.uid, dry_run=True)
    assert portal.get(INGRESS, namespace, "shop")["metadata"]["uid"] == plan.uid

    portal.delete(INGRESS, plan.namespace, plan.name, uid=plan.uid, resource_version=plan.resource_version)
    with pytest.raises(errors.ObjectNotFound):
        portal.get(INGRESS, namespace, "shop")


def test_list_in_pages_is_the_whole_list(admin, portal, namespace):
    for number in range(5):
        apply(admin, service(namespace, f"s{number}"))

    whole = portal.list(SERVICE, namespace)
    paged = portal.list(SERVICE, namespace, limit=2)

    assert paged.items == whole.items
    assert names(paged.items) == ["s0", "s1", "s2", "s3", "s4"]
    assert int(paged.resource_version) > 0


def test_list_over_all_namespaces_has_ours(admin, portal, namespace):
    apply(admin, service(namespace, "s"))

    found = portal.list(SERVICE).items

    assert [item["metadata"]["name"] for item in found if item["metadata"]["namespace"] == namespace] == ["s"]


def test_list_by_label_has_only_those(admin, portal, namespace):
    apply(admin, service(namespace, "a", tier="front"))
    apply(admin, service(namespace, "b", tier="back"))

    assert names(portal.list(SERVICE, namespace, label_selector="tier=front").items) == ["a"]


def test_list_of_tls_secrets_leaves_the_others_at_the_server(admin, portal, namespace):
    pair = issue([HOST])
    apply(admin, secret(namespace, "shop-tls", "kubernetes.io/tls", **{"tls.crt": pair.pem, "tls.key": pair.key_pem}))
    apply(admin, secret(namespace, "empty-tls", "kubernetes.io/tls", **{"tls.crt": "", "tls.key": ""}))
    apply(admin, secret(namespace, "client-ca", "Opaque", **{"ca.crt": "x"}))

    found = portal.list(SECRET, namespace, field_selector="type=kubernetes.io/tls").items

    verdicts = {
        item["metadata"]["name"]: [
            reason.code for reason in judge_secret(item["type"], item.get("data"), now=NOW, host=HOST).reasons
        ]
        for item in found
    }
    assert verdicts == {"shop-tls": [], "empty-tls": ["no_certificate", "no_private_key"]}


def test_list_of_metadata_has_no_content(admin, portal, namespace):
    apply(admin, secret(namespace, "shop", "Opaque", key="private"))

    found = portal.list(SECRET, namespace, metadata_only=True).items

    assert names(found) == ["shop"]
    assert [set(item) - {"kind", "apiVersion"} for item in found] == [{"metadata"}]


def test_list_of_cluster_wide_kinds(portal, namespace):
    assert namespace in names(portal.list(NAMESPACE).items)
    assert portal.list(INGRESS_CLASS).resource_version


def test_watch_tells_what_happens_after_the_list(portal, namespace):
    start = portal.list(INGRESS, namespace).resource_version

    def change() -> None:
        uid = apply(portal, ingress(namespace))["metadata"]["uid"]
        apply(portal, ingress(namespace, host="two.example.com"))
        portal.delete(INGRESS, namespace, "shop", uid=uid)

    thread = threading.Thread(target=change)
    thread.start()
    events = []
    for event in portal.watch(INGRESS, namespace, resource_version=start, timeout_seconds=5):
        if event.type != "BOOKMARK":
            events.append((event.type, event.object["metadata"]["name"], event.object["spec"]["rules"][0]["host"]))
        if event.type == "DELETED":
            break
    thread.join()

    assert events == [
        ("ADDED", "shop", HOST),
        ("MODIFIED", "shop", "two.example.com"),
        ("DELETED", "shop", "two.example.com"),
    ]


def test_watch_ends_after_its_time(portal, namespace):
    start = portal.list(INGRESS, namespace).resource_version
    began = time.monotonic()

    events = list(portal.watch(INGRESS, namespace, resource_version=start, timeout_seconds=1))

    assert {event.type for event in events} <= {"BOOKMARK"}
    assert 0.5 < time.monotonic() - began < 4


def test_watch_tells_what_happened_before_it_began(portal, namespace):
    start = portal.list(INGRESS, namespace).resource_version
    created = apply(portal, ingress(namespace))

    event = next(portal.watch(INGRESS, namespace, resource_version=start, timeout_seconds=5))

    assert (event.type, event.object) == ("ADDED", created)
    assert event.resource_version == created["metadata"]["resourceVersion"]


def test_object_name_of_any_exposure_is_accepted(portal, namespace):
    name = object_name("*.a-very-long-label-of-a-host-that-goes-on-and-on.example.com", f"exp_{secrets.token_hex(8)}")

    created = apply(portal, ingress(namespace, name=name, host="*.long.example.com"))

    assert created["metadata"]["name"] == name


def test_what_others_added_is_taken_out_by_a_merge_and_what_was_ours_by_the_next_apply(admin, namespace):
    apply(admin, ingress(namespace, annotations={"nginx.ingress.kubernetes.io/ssl-redirect": "true"}))
    others = {
        "metadata": {"annotations": {SNIPPET: "deny all;"}},
        "spec": {"defaultBackend": {"service": {"name": "other", "port": {"number": 80}}}},
    }
    live = admin.merge(INGRESS, namespace, "shop", others, field_manager="kubectl-edit")
    desired = ingress(namespace)

    plan = make_plan(desired, live, exposure_id="exp_1")
    assert isinstance(plan, Update)
    assert plan.added == (f"metadata.annotations.{SNIPPET}", "spec.defaultBackend")
    admin.merge(INGRESS, namespace, "shop", plan.removal, field_manager=FIELD_MANAGER)

    assert make_plan(desired, apply(admin, desired), exposure_id="exp_1") == Unchanged()
