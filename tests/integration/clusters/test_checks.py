"""The staged test and the conditions, against a sandbox cluster that is well, hostile to us, or gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.clusters import services, tasks, vault
from apps.clusters.models import Cluster
from apps.clusters.selectors import active_cluster_ids, answering_cluster_ids
from apps.clusters.services import checks, clients
from apps.common.errors import NotPermitted
from apps.kube.connection import STEP_NAMES, finished
from apps.kube.permissions import REQUIRED_RULES
from tests.factories.people import make_platform_admin, make_user
from tests.integration.sandboxes import admin_client, registered

pytestmark = pytest.mark.django_db


def states(cluster: Cluster) -> dict[str, tuple[str, str]]:
    return {entry["type"]: (entry["status"], entry["reason"]) for entry in cluster.conditions}


def least_rules() -> list[dict]:
    return [
        {"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs), "namespaces": None}
        for rule in REQUIRED_RULES
    ]


def test_cluster_that_answers(sandbox):
    cluster = registered(sandbox, token=sandbox.token("robot", least_rules()))

    checked = services.check_cluster(cluster=cluster)

    assert states(checked) == {"Reachable": ("True", "Answering"), "Authorized": ("True", "PermissionsPresent")}
    assert checked.version == admin_client(sandbox).version().git_version
    assert [step["name"] for step in checked.last_check] == list(STEP_NAMES)
    assert checked.checked_at is not None
    assert Cluster.objects.get().conditions == checked.conditions


def test_cluster_that_does_not_answer(sandbox):
    cluster = registered(sandbox)
    sandbox.refuse()

    checked = services.check_cluster(cluster=cluster)

    assert states(checked) == {"Reachable": ("False", "Unreachable"), "Authorized": ("Unknown", "Unreachable")}
    assert checked.reachable_message == "The connection is refused or there is no way to the address."
    assert (active_cluster_ids(), answering_cluster_ids()) == ([cluster.pk], [])


def test_cluster_that_comes_back(sandbox):
    cluster = registered(sandbox)
    sandbox.refuse()
    services.check_cluster(cluster=cluster)
    sandbox.clear()

    assert services.check_cluster(cluster=cluster).is_reachable
    assert answering_cluster_ids() == [cluster.pk]


def test_credential_that_was_revoked(sandbox):
    token = sandbox.token("robot", least_rules())
    cluster = registered(sandbox, token=token)
    sandbox.revoke(token)

    checked = services.check_cluster(cluster=cluster)

    assert states(checked)["Authorized"] == ("False", "CredentialRefused")


def test_credential_with_too_few_rights(sandbox):
    cluster = registered(sandbox, token=sandbox.token("robot", least_rules()[:2]))

    checked = services.check_cluster(cluster=cluster)

    assert states(checked) == {"Reachable": ("True", "Answering"), "Authorized": ("False", "PermissionsMissing")}


def test_credential_that_does_not_open_is_a_failed_step(sandbox, settings):
    cluster = registered(sandbox)
    settings.PORTICO_ENCRYPTION_KEYS = f"other:{vault.new_key()}"

    checked = services.check_cluster(cluster=cluster)

    assert states(checked) == {"Reachable": ("False", "Unreachable"), "Authorized": ("False", "CredentialRefused")}
    failed = [(step["name"], step["message"]) for step in checked.last_check if step["status"] == "failed"]
    text = "The encryption key “development” is not in PORTICO_ENCRYPTION_KEYS. Add it back, then run rotate_keys."
    assert failed == [("authenticate", text)]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_cluster_is_called(sandbox, monkeypatch):
    cluster = registered(sandbox)
    seen = []
    check_connection = checks.check_connection

    def watched(*args, **kwargs):
        seen.append(connection.in_atomic_block)
        return check_connection(*args, **kwargs)

    monkeypatch.setattr(checks, "check_connection", watched)

    services.check_cluster(cluster=cluster)

    assert seen == [False]


def test_result_about_a_credential_that_was_replaced_is_dropped(sandbox, monkeypatch):
    cluster = registered(sandbox)
    check_connection = checks.check_connection

    def slow(*args, **kwargs):
        services.rekey_cluster(by=make_platform_admin(), cluster=cluster, token="newer")
        return check_connection(*args, **kwargs)

    monkeypatch.setattr(checks, "check_connection", slow)

    assert states(services.check_cluster(cluster=cluster))["Reachable"] == ("Unknown", "NotChecked")


def test_check_does_not_touch_what_people_compare_with(sandbox):
    cluster = registered(sandbox)
    before = Cluster.objects.get().updated_at

    services.check_cluster(cluster=cluster)

    assert Cluster.objects.get().updated_at == before


def test_second_check_of_a_cluster_is_left_out_while_the_first_runs(sandbox):
    cluster = registered(sandbox)
    Cluster.objects.update(check_started_at=timezone.now())

    assert services.check_if_free(cluster.pk) is False
    assert Cluster.objects.get().checked_at is None


def test_lease_of_a_dead_worker_ends(sandbox):
    cluster = registered(sandbox)
    Cluster.objects.update(check_started_at=timezone.now() - checks.LEASE - timedelta(seconds=1))

    assert services.check_if_free(cluster.pk) is True
    assert Cluster.objects.get().check_started_at is None


def test_retired_or_unknown_cluster_is_not_checked(sandbox):
    cluster = registered(sandbox)
    services.retire_cluster(by=make_platform_admin(), cluster=cluster)

    assert [services.check_if_free(cluster.pk), services.check_if_free("cls_none")] == [False, False]


def test_connection_test_stores_nothing(sandbox):
    given = services.AccessInput(kubeconfig=sandbox.kubeconfig())
    report = finished(services.begin_test(by=make_platform_admin(), given=given))

    assert report.reachable
    assert Cluster.objects.count() == 0


def test_connection_test_is_for_platform_admins(sandbox):
    with pytest.raises(NotPermitted):
        services.begin_test(by=make_user(), given=services.AccessInput(kubeconfig=sandbox.kubeconfig()))


def test_client_is_kept_until_the_credential_changes(sandbox):
    cluster = registered(sandbox)
    first = services.client_for(cluster)

    assert services.client_for(cluster) is first
    assert services.client_for(Cluster.objects.get()) is first

    rekeyed = services.rekey_cluster(by=make_platform_admin(), cluster=cluster, token="newer")
    assert services.client_for(rekeyed) is not first


def test_kept_client_costs_one_query(sandbox, django_assert_num_queries):
    cluster = registered(sandbox)
    services.client_for(cluster)

    with django_assert_num_queries(1):
        services.client_for(cluster)


def test_client_is_not_kept_for_long(sandbox, monkeypatch):
    cluster = registered(sandbox)
    first = services.client_for(cluster)
    monkeypatch.setattr(clients, "KEPT_SECONDS", 0.0)

    assert services.client_for(cluster) is not first


def test_failed_check_drops_the_kept_client(sandbox):
    cluster = registered(sandbox)
    first = services.client_for(cluster)
    sandbox.refuse()
    services.check_cluster(cluster=cluster)

    assert services.client_for(cluster) is not first


def test_schedule_fans_out_ids_only(sandbox, monkeypatch):
    cluster = registered(sandbox)
    sent = []
    monkeypatch.setattr(tasks, "dispatch", lambda *message: sent.append(message))

    tasks.check_all()
    tasks.check(cluster.pk)

    assert sent == [("apps.clusters.tasks.check", cluster.pk)]
    assert Cluster.objects.get().is_reachable


def test_command_reports_each_cluster(sandbox, capsys):
    registered(sandbox)

    call_command("check_clusters", "dev-1", skip_checks=True)

    said = capsys.readouterr().out
    assert said == (
        "dev-1: Reachable True (The API server answers.), "
        "Authorized True (The credential is accepted and may do what is needed.)\n"
    )


def test_command_fails_when_a_cluster_is_silent_or_unknown(sandbox):
    registered(sandbox)
    sandbox.refuse()

    with pytest.raises(CommandError, match="No answer from: dev-1"):
        call_command("check_clusters", skip_checks=True)
    with pytest.raises(CommandError, match="There is no cluster nope"):
        call_command("check_clusters", "nope", skip_checks=True)
