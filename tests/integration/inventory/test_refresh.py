"""Whole refreshes of a sandbox cluster: what is stored and what survives trouble."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.clusters.services import check_cluster, pause_cluster, retire_cluster
from apps.inventory import selectors, tasks
from apps.inventory.listing import SINGLE_READS
from apps.inventory.models import Collection, Ingress, IngressClass, IngressPath, Namespace, Secret, Service
from apps.inventory.services import forget_retired, observe_ingress, refresh_inventory
from apps.inventory.services.refresh import OBSERVED_MODELS, refresh_kind
from apps.kube.client import ClusterClient
from apps.kube.kinds import INGRESS, SECRET
from testbed import objects
from testbed.certificates import CertificateAuthority
from tests.factories.people import make_grant, make_platform_admin, make_team
from tests.integration.inventory.conftest import HOST
from tests.integration.sandboxes import admin_client, ingress, put, registered, remove

pytestmark = pytest.mark.django_db

KINDS = {"Namespace", "IngressClass", "Ingress", "Service", "EndpointSlice", "Secret"}


def test_everything_is_stored(filled):
    cluster = registered(filled)

    refresh = refresh_inventory(cluster=cluster)

    assert (refresh.ran, refresh.errors, set(refresh.changes)) == (True, {}, KINDS)
    assert Namespace.objects.filter(name="web").count() == 1
    assert list(IngressClass.objects.values_list("name", "controller")) == [
        ("traefik", "traefik.io/ingress-controller")
    ]
    assert list(Service.objects.filter(namespace="web").values_list("name", "ready_endpoints")) == [("shop", 1)]
    assert list(Ingress.objects.values_list("name", flat=True)) == ["by-hand"]
    assert sorted(IngressPath.objects.values_list("host", "path")) == [(HOST, "/a"), (HOST, "/b")]
    assert dict(Secret.objects.filter(namespace="web").values_list("name", "usable")) == {
        "shop-tls": True,
        "robot-token": False,
    }
    assert [each["secret_name"] for each in selectors.offered_certificates(cluster, "web", HOST)] == ["shop-tls"]


def test_no_key_and_no_other_secret_reaches_the_database(filled):
    refresh_inventory(cluster=registered(filled))

    rows = repr(list(Secret.objects.values()))
    assert "shop-tls" in rows
    assert [
        secret for secret in ("PRIVATE KEY", "very-secret", objects.base64_text("very-secret")) if secret in rows
    ] == []


@pytest.mark.parametrize("count", [1, 3])
def test_refresh_without_changes_costs_the_same_for_any_number(count, filled):
    put(filled, *[ingress("web", f"more-{number}", f"h{number}.example.com") for number in range(count)])
    put(filled, *[objects.service("web", f"s{number}") for number in range(count)])
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)

    with CaptureQueriesContext(connection) as queries:
        refresh = refresh_inventory(cluster=cluster)

    assert sum(changes.written + changes.deleted for changes in refresh.changes.values()) == 0
    assert len(queries) == 41


def test_what_disappears_in_the_cluster_disappears_here(filled):
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    remove(filled, ingress("web", "by-hand", HOST))

    refresh_inventory(cluster=cluster)

    assert (Ingress.objects.count(), IngressPath.objects.count()) == (0, 0)


def test_cluster_that_is_down_keeps_its_rows_and_says_so(filled):
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    before = selectors.freshness(cluster, "Service")
    filled.refuse()

    refresh = refresh_inventory(cluster=cluster)

    after = selectors.freshness(cluster, "Service")
    assert (set(refresh.errors), refresh.changes) == (KINDS, {})
    assert Service.objects.filter(namespace="web").count() == 1
    assert after.observed_at == before.observed_at
    assert after.attempted_at != before.attempted_at
    assert after.error == refresh.errors["Service"] != ""


def test_error_goes_when_the_cluster_comes_back(filled):
    cluster = registered(filled)
    filled.refuse()
    refresh_inventory(cluster=cluster)
    filled.clear()

    refresh_inventory(cluster=cluster)

    assert set(selectors.list_collections(cluster).values_list("error", flat=True)) == {""}


def test_cluster_that_could_be_read_is_reachable_whatever_the_last_check_said(filled):
    cluster = registered(filled)
    filled.refuse()
    assert not check_cluster(cluster=cluster).is_reachable
    cluster.refresh_from_db()

    refresh_inventory(cluster=cluster)
    cluster.refresh_from_db()
    assert not cluster.is_reachable

    filled.clear()
    refresh_inventory(cluster=cluster)
    cluster.refresh_from_db()
    assert cluster.is_reachable


def test_kind_that_is_forbidden_does_not_stop_the_others(filled):
    everything_but_secrets = [
        {"apiGroups": [""], "resources": ["namespaces", "services"], "verbs": ["list"], "namespaces": None},
        {
            "apiGroups": ["discovery.k8s.io", "networking.k8s.io"],
            "resources": ["*"],
            "verbs": ["list"],
            "namespaces": None,
        },
    ]
    cluster = registered(filled, token=filled.token("robot", everything_but_secrets))

    refresh = refresh_inventory(cluster=cluster)

    assert (set(refresh.errors), set(refresh.changes)) == ({"Secret"}, KINDS - {"Secret"})
    assert selectors.freshness(cluster, "Secret").observed_at is None
    assert Service.objects.filter(namespace="web").count() == 1


def test_credential_for_some_namespaces_lists_the_granted_ones(filled):
    put(filled, objects.namespace("pay"), objects.service("pay", "ledger"))
    rules = [
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list"], "namespaces": None},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingressclasses"], "verbs": ["list"], "namespaces": None},
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"], "namespaces": ["web"]},
    ]
    cluster = registered(filled, token=filled.token("robot", rules))
    make_grant(make_team(), cluster.name, "web")

    refresh = refresh_inventory(cluster=cluster)

    assert refresh.errors == {}
    assert list(Service.objects.values_list("name", flat=True)) == ["shop"]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_cluster_is_called(filled, monkeypatch):
    cluster = registered(filled)
    seen = set()
    listing = ClusterClient.list

    def watched(*args, **kwargs):
        seen.add(connection.in_atomic_block)
        return listing(*args, **kwargs)

    monkeypatch.setattr(ClusterClient, "list", watched)

    refresh_inventory(cluster=cluster)

    assert seen == {False}


def test_applied_object_is_seen_at_once_and_gone_at_once(filled):
    cluster = registered(filled)
    with admin_client(filled) as client:
        live = client.get(INGRESS, "web", "by-hand")

    observe_ingress(cluster=cluster, manifest=live, namespace="web", name="by-hand")
    assert sorted(IngressPath.objects.values_list("host", "path")) == [(HOST, "/a"), (HOST, "/b")]

    observe_ingress(cluster=cluster, manifest=live, namespace="web", name="by-hand")
    assert IngressPath.objects.count() == 2

    observe_ingress(cluster=cluster, manifest=None, namespace="web", name="by-hand")
    assert (Ingress.objects.count(), IngressPath.objects.count()) == (0, 0)


def test_observed_object_is_unchanged_for_the_next_refresh(filled):
    cluster = registered(filled)
    with admin_client(filled) as client:
        live = client.get(INGRESS, "web", "by-hand")
    observe_ingress(cluster=cluster, manifest=live, namespace="web", name="by-hand")

    assert refresh_inventory(cluster=cluster).changes["Ingress"].written == 0


def test_hurried_list_sees_what_is_new_changed_and_gone(filled):
    cluster = registered(filled)
    put(filled, ingress("web", "changes", "old.example.com"), ingress("web", "goes", "gone.example.com"))
    refresh_inventory(cluster=cluster)
    put(filled, ingress("web", "changes", "new.example.com"), ingress("web", "comes", "more.example.com"))
    remove(filled, ingress("web", "goes", "gone.example.com"))

    with admin_client(filled) as client:
        refresh_kind(cluster=cluster, kind=INGRESS, client=client, max_age=timedelta(0))

    hosts = IngressPath.objects.values_list("ingress__name", "host", "path").order_by("ingress__name", "path")
    assert list(hosts) == [
        ("by-hand", HOST, "/a"),
        ("by-hand", HOST, "/b"),
        ("changes", "new.example.com", "/"),
        ("comes", "more.example.com", "/"),
    ]


def test_hurried_list_leaves_what_is_known_to_the_schedule(filled):
    """A row that was damaged is not looked at in a hurry; the next whole refresh mends it."""
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    Ingress.objects.update(ingress_class_name="damaged")

    with admin_client(filled) as client:
        refresh_kind(cluster=cluster, kind=INGRESS, client=client, max_age=timedelta(0))
    assert Ingress.objects.get().ingress_class_name == "damaged"

    refresh_inventory(cluster=cluster)
    assert Ingress.objects.get().ingress_class_name == ""


def test_retired_cluster_is_forgotten(filled):
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    retire_cluster(by=make_platform_admin(), cluster=cluster)

    forget_retired()

    assert {model.__name__: model.objects.count() for model in (Collection, IngressPath, *OBSERVED_MODELS)} == (
        dict.fromkeys(("Collection", "IngressPath", *(model.__name__ for model in OBSERVED_MODELS)), 0)
    )


def test_schedule_fans_out_over_clusters_that_answer(filled, monkeypatch):
    cluster = registered(filled)
    pause_cluster(by=make_platform_admin(), cluster=cluster, reason="upgrade")
    sent = []
    monkeypatch.setattr(tasks, "dispatch", lambda *message: sent.append(message))

    tasks.refresh_all()
    filled.refuse()
    check_cluster(cluster=cluster)
    tasks.refresh_all()

    assert sent == [("apps.inventory.tasks.refresh", cluster.pk)]


def test_task_refreshes_one_cluster_and_ignores_unknown_ones(filled):
    cluster = registered(filled)

    tasks.refresh(cluster.pk)
    tasks.refresh("cls_none")

    assert Service.objects.filter(cluster=cluster, namespace="web").count() == 1


def test_command_says_what_changed_and_fails_on_trouble(filled, capsys):
    registered(filled)

    call_command("refresh_inventory", "dev-1", skip_checks=True)
    assert "Ingress 1+0" in capsys.readouterr().out

    filled.refuse()
    with pytest.raises(CommandError, match="Could not be listed completely: dev-1"):
        call_command("refresh_inventory", skip_checks=True)
    with pytest.raises(CommandError, match="There is no cluster nope"):
        call_command("refresh_inventory", "nope", skip_checks=True)


def test_command_says_when_another_refresh_runs(filled, capsys):
    cluster = registered(filled)
    Collection.objects.create(cluster=cluster, kind="*", attempted_at=timezone.now())

    call_command("refresh_inventory", skip_checks=True)

    assert capsys.readouterr().out == "dev-1: another refresh is still running\n"


@pytest.fixture
def read(monkeypatch):
    """What is read of secrets with their content: names of single ones, `all` for a list."""
    seen = []
    get, listing = ClusterClient.get, ClusterClient.list

    def watched_get(self, kind, namespace, name):
        seen.append(name)
        return get(self, kind, namespace, name)

    def watched_list(self, kind, namespace=None, **options):
        if kind == SECRET and not options.get("metadata_only"):
            seen.append("all")
        return listing(self, kind, namespace, **options)

    monkeypatch.setattr(ClusterClient, "get", watched_get)
    monkeypatch.setattr(ClusterClient, "list", watched_list)
    return seen


def test_secret_is_read_again_only_when_it_changed(filled, read):
    cluster = registered(filled)

    refresh_inventory(cluster=cluster)
    refresh_inventory(cluster=cluster)
    assert read == ["shop-tls"]

    put(filled, objects.tls_secret("web", "shop-tls", CertificateAuthority().issue(["new.example.com"])))
    refresh_inventory(cluster=cluster)
    assert read == ["shop-tls", "shop-tls"]
    assert Secret.objects.get(name="shop-tls").subject_names == ["new.example.com"]


def test_many_new_secrets_are_read_in_one_list(filled, read):
    leaf = CertificateAuthority().issue([HOST])
    put(filled, *[objects.tls_secret("web", f"tls-{number}", leaf) for number in range(SINGLE_READS)])
    cluster = registered(filled)

    refresh_inventory(cluster=cluster)

    assert read == ["all"]
    assert Secret.objects.filter(is_tls=True, usable=True).count() == SINGLE_READS + 1


def test_unchanged_secret_expires_all_the_same(filled):
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    yesterday = timezone.now() - timedelta(days=1)
    Secret.objects.filter(name="shop-tls").update(not_after=yesterday)

    assert refresh_inventory(cluster=cluster).changes["Secret"].written == 1

    secret = Secret.objects.get(name="shop-tls")
    assert (secret.usable, [reason["code"] for reason in secret.reasons]) == (False, ["expired"])
