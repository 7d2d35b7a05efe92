"""The registry: what is stored, what is refused with nothing stored, and what the audit trail says."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.clusters import vault
from apps.clusters.models import Cluster, ClusterCredential
from apps.clusters.services import (
    pause_cluster,
    register_cluster,
    rekey_cluster,
    resume_cluster,
    retire_cluster,
    update_cluster,
)
from apps.common.errors import Conflict, InvalidInput, NotPermitted, PortalError
from apps.kube.credentials import Credential
from apps.kube.errors import AddressRefused, KubeconfigRefused
from tests.factories.exposures import make_exposure
from tests.factories.people import make_auditor, make_platform_admin, make_team, make_user
from tests.unit.clusters.registration import ENDPOINT, TOKEN, authority, fields, kubeconfig

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_platform_admin("platform")


@pytest.fixture
def cluster(admin):
    return register_cluster(by=admin, **fields(wildcard_domain="dev.example.net"))


def last_event() -> tuple:
    event = AuditEvent.objects.newest_first()[0]
    return (event.verb, event.actor, event.object_name, event.before, event.after)


def test_register_by_fields(admin):
    cluster = register_cluster(
        by=admin,
        **fields(
            wildcard_domain="Dev.example.net",
            entry={"addresses": ["10.0.0.9"]},
            default_ingress_class_name="nginx",
            tls_server_name="kubernetes.default",
        ),
    )

    stored = Cluster.objects.get()
    assert stored == cluster
    assert (stored.name, stored.environment, stored.endpoint) == ("dev-1", "dev", ENDPOINT)
    assert (stored.certificate_authority, stored.tls_server_name) == (authority(), "kubernetes.default")
    assert (stored.wildcard_domain, stored.default_ingress_class_name) == ("dev.example.net", "nginx")
    assert stored.entry == {"addresses": ["10.0.0.9"], "http_port": 80, "https_port": 443}
    assert [(entry["type"], entry["status"]) for entry in stored.conditions] == [
        ("Reachable", "Unknown"),
        ("Authorized", "Unknown"),
    ]
    assert vault.open_credential(stored)[0] == Credential(token=TOKEN)


def test_register_by_kubeconfig(admin):
    text = kubeconfig("first", "second")

    cluster = register_cluster(by=admin, name="dev-1", environment="dev", kubeconfig=text, context="second")

    assert cluster.endpoint == ENDPOINT
    assert vault.open_credential(cluster)[0] == Credential(token=TOKEN)


def test_register_is_audited(admin):
    cluster = register_cluster(by=admin, **fields())

    assert last_event() == (
        "cluster.registered",
        "platform",
        "dev-1",
        None,
        {
            "environment": "dev",
            "endpoint": ENDPOINT,
            "tls_server_name": "",
            "wildcard_domain": "",
            "entry": {"addresses": [], "http_port": 80, "https_port": 443},
            "default_ingress_class_name": "",
            "fingerprint": vault.fingerprint_of(cluster),
            "credential": "token",
        },
    )


def test_name_that_does_not_resolve_today_is_registered(admin):
    cluster = register_cluster(by=admin, **fields(endpoint_url="https://nowhere.invalid:6443"))

    assert cluster.endpoint == "https://nowhere.invalid:6443"


REFUSALS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "bad name": (fields(name="Dev 1"), InvalidInput, "name"),
    "bad environment": (fields(environment="live"), InvalidInput, "environment"),
    "bad wildcard domain": (fields(wildcard_domain="*.x.y"), InvalidInput, "wildcard_domain"),
    "bad entry": (fields(entry={"http_port": 0}), InvalidInput, "entry.http_port"),
    "bad class": (fields(default_ingress_class_name="A B"), InvalidInput, "default_ingress_class_name"),
    "bad TLS server name": (fields(tls_server_name="a b"), InvalidInput, "tls_server_name"),
    "nothing to reach it with": ({"name": "dev-1", "environment": "dev"}, InvalidInput, "kubeconfig"),
    "kubeconfig and token": (fields(kubeconfig=kubeconfig()), InvalidInput, "kubeconfig"),
    "kubeconfig that is no text": ({"name": "a", "environment": "dev", "kubeconfig": {}}, InvalidInput, "kubeconfig"),
    "endpoint too long": (fields(endpoint_url=ENDPOINT + "/" + "a" * 300), InvalidInput, "endpoint"),
    "http": (fields(endpoint_url="http://10.0.0.10"), KubeconfigRefused, "endpoint"),
    "metadata service": (fields(endpoint_url="https://169.254.169.254"), AddressRefused, "endpoint"),
    "link-local": (fields(endpoint_url="https://[fe80::1]"), AddressRefused, "endpoint"),
    "no authority": (fields(certificate_authority=""), KubeconfigRefused, "certificate_authority"),
    "no token": (fields(token=""), KubeconfigRefused, "token"),
    "token with a newline inside": (fields(token="a\nb"), KubeconfigRefused, "token"),
    "not YAML": ({"name": "a", "environment": "dev", "kubeconfig": "{"}, KubeconfigRefused, "kubeconfig"),
    "several contexts": (
        {"name": "a", "environment": "dev", "kubeconfig": kubeconfig("x", "y")},
        KubeconfigRefused,
        "context",
    ),
    "exec": (
        {"name": "a", "environment": "dev", "kubeconfig": kubeconfig(exec={"command": "sh"})},
        KubeconfigRefused,
        "users.0.user.exec",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_names_the_field_and_stores_nothing(case, admin):
    given, error, field = REFUSALS[case]

    with pytest.raises(error) as caught:
        register_cluster(by=admin, **given)

    assert [violation.field for violation in caught.value.errors] == [field]
    assert TOKEN not in repr((caught.value, caught.value.errors, caught.value.fields))
    assert (Cluster.objects.count(), ClusterCredential.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_loopback_is_refused_outside_development(admin, settings):
    settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS = False

    with pytest.raises(AddressRefused) as caught:
        register_cluster(by=admin, **fields(endpoint_url="https://127.0.0.1:6443"))

    assert caught.value.code == "address_loopback"


def test_name_is_taken(admin, cluster):
    with pytest.raises(Conflict) as caught:
        register_cluster(by=admin, **fields())

    assert (caught.value.code, Cluster.objects.count(), AuditEvent.objects.count()) == ("cluster_exists", 1, 1)


def test_wildcard_domain_is_taken(admin, cluster):
    with pytest.raises(Conflict) as caught:
        register_cluster(by=admin, **fields(name="dev-2", wildcard_domain="dev.example.net"))

    assert caught.value.code == "wildcard_domain_taken"
    assert (Cluster.objects.count(), ClusterCredential.objects.count(), AuditEvent.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda by, cluster: register_cluster(by=by, **fields(name="new")),
        lambda by, cluster: update_cluster(by=by, cluster=cluster, environment="test"),
        lambda by, cluster: rekey_cluster(by=by, cluster=cluster, token="new"),
        lambda by, cluster: pause_cluster(by=by, cluster=cluster, reason="no"),
        lambda by, cluster: resume_cluster(by=by, cluster=cluster),
        lambda by, cluster: retire_cluster(by=by, cluster=cluster),
    ],
)
@pytest.mark.parametrize("make", [make_user, make_auditor])
def test_only_platform_admins_change_anything(change, make, cluster):
    before = Cluster.objects.values().get()

    with pytest.raises(NotPermitted):
        change(make(), cluster)

    assert (Cluster.objects.values().get(), AuditEvent.objects.count()) == (before, 1)


def test_update_records_only_what_changed(admin, cluster):
    updated = update_cluster(by=admin, cluster=cluster, environment="test", wildcard_domain="dev.example.net")

    assert (updated.environment, Cluster.objects.get().environment) == ("test", "test")
    assert last_event()[3:] == ({"environment": "dev"}, {"environment": "test"})


def test_update_without_change_leaves_no_trace(admin, cluster):
    update_cluster(by=admin, cluster=cluster, environment="dev")

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("field", ["name", "endpoint", "endpoint_url", "certificate_authority", "retired_at", "token"])
def test_update_refuses_what_is_fixed(field, admin, cluster):
    with pytest.raises(InvalidInput) as caught:
        update_cluster(by=admin, cluster=cluster, **{field: "x"})

    assert [(error.code, error.field) for error in caught.value.errors] == [("not_editable", field)]


def test_update_to_a_taken_wildcard_domain(admin, cluster):
    other = register_cluster(by=admin, **fields(name="dev-2"))

    with pytest.raises(Conflict):
        update_cluster(by=admin, cluster=other, wildcard_domain="dev.example.net")

    assert Cluster.objects.get(name="dev-2").wildcard_domain == ""


def test_rekey_with_a_token_keeps_the_endpoint(admin, cluster):
    old = vault.fingerprint_of(cluster)

    rekeyed = rekey_cluster(by=admin, cluster=cluster, token="new-token")

    new = vault.fingerprint_of(cluster)
    assert vault.open_credential(rekeyed)[0] == Credential(token="new-token")
    assert rekeyed.endpoint == ENDPOINT
    assert last_event()[3:] == (
        {"endpoint": ENDPOINT, "fingerprint": old},
        {"endpoint": ENDPOINT, "fingerprint": new, "credential": "token"},
    )


def test_rekey_with_a_kubeconfig_brings_its_endpoint(admin, cluster):
    cluster.conditions, cluster.version = [{"type": "Reachable", "status": "True", "last_transition_time": ""}], "v1"
    cluster.save()

    rekeyed = rekey_cluster(by=admin, cluster=cluster, kubeconfig=kubeconfig(server="https://10.0.0.11"))

    assert (rekeyed.endpoint, rekeyed.version, rekeyed.is_reachable) == ("https://10.0.0.11", "", False)


@pytest.mark.parametrize("given", [{}, {"token": "a b"}, {"kubeconfig": "{"}, {"endpoint_url": "https://10.0.0.1"}])
def test_rekey_that_is_refused_keeps_the_old_credential(given, admin, cluster):
    with pytest.raises(PortalError):
        rekey_cluster(by=admin, cluster=cluster, **given)

    assert vault.open_credential(cluster)[0] == Credential(token=TOKEN)
    assert AuditEvent.objects.count() == 1


def test_pause_and_resume(admin, cluster):
    paused = pause_cluster(by=admin, cluster=cluster, reason=" upgrade ")
    assert (paused.is_paused, paused.pause_reason) == (True, "upgrade")
    assert last_event()[3:] == ({"paused": False, "reason": ""}, {"paused": True, "reason": "upgrade"})

    resumed = resume_cluster(by=admin, cluster=paused)
    assert (resumed.is_paused, resumed.pause_reason) == (False, "")
    assert last_event()[3:] == ({"paused": True, "reason": "upgrade"}, {"paused": False, "reason": ""})


def test_pause_needs_a_reason(admin, cluster):
    with pytest.raises(InvalidInput):
        pause_cluster(by=admin, cluster=cluster, reason=" ")


def test_pausing_again_keeps_the_time(admin, cluster):
    first = pause_cluster(by=admin, cluster=cluster, reason="one").paused_at

    assert pause_cluster(by=admin, cluster=cluster, reason="two").paused_at == first


def test_resuming_what_is_not_paused_leaves_no_trace(admin, cluster):
    resume_cluster(by=admin, cluster=cluster)

    assert AuditEvent.objects.count() == 1


def test_retire_forgets_the_credential(admin, cluster):
    retired = retire_cluster(by=admin, cluster=cluster)

    assert retired.retired_at is not None
    assert ClusterCredential.objects.count() == 0
    assert last_event()[0] == "cluster.retired"


def test_retire_is_refused_while_exposures_live_there(admin, cluster):
    make_exposure(cluster, make_team())

    with pytest.raises(Conflict) as caught:
        retire_cluster(by=admin, cluster=cluster)

    assert (caught.value.code, caught.value.fields) == ("cluster_in_use", {"exposures": 1})
    assert vault.open_credential(cluster)[0] == Credential(token=TOKEN)


def test_retire_after_the_last_exposure_is_gone(admin, cluster):
    make_exposure(cluster, make_team(), deleted_at=timezone.now())

    assert retire_cluster(by=admin, cluster=cluster).retired_at is not None


def test_name_and_domain_of_a_retired_cluster_may_be_used_again(admin, cluster):
    pause_cluster(by=admin, cluster=cluster, reason="moving")
    retire_cluster(by=admin, cluster=cluster)

    again = register_cluster(by=admin, **fields(wildcard_domain="dev.example.net", token="another"))

    assert (again.pk, again.retired_at, again.is_paused) == (cluster.pk, None, False)
    assert vault.open_credential(again)[0] == Credential(token="another")


def test_change_that_loses_against_retiring_is_refused(admin, cluster):
    stale = Cluster.objects.get()
    retire_cluster(by=admin, cluster=cluster)

    with pytest.raises(NotPermitted):
        update_cluster(by=admin, cluster=stale, environment="test")
