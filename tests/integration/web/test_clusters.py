"""The pages of clusters: who sees which, the staged test, registering without ever echoing a credential."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.clusters.services.samples import keep_sample
from apps.web.presenters.cluster_history import History
from sandbox.server import SandboxCluster
from tests import factories
from tests.unit.clusters.registration import TOKEN, authority, kubeconfig

HTMX = {"HX-Request": "true"}
SETTINGS = {"environment": "dev", "http_port": "80", "https_port": "443"}


def parts_of(response) -> list[str]:
    """What a streamed answer shows, one after the other."""
    return response.getvalue().decode().split("<!--part-->")


@pytest.fixture
def admin(db, client: Client) -> User:
    user = factories.make_platform_admin("platform")
    client.force_login(user)
    return user


@pytest.fixture
def cluster(db) -> Cluster:
    return factories.make_cluster("dev-1")


def detail(name: str = "dev-1") -> str:
    return reverse("web:cluster_detail", args=[name])


def access(sandbox: SandboxCluster, **changes: str) -> dict[str, str]:
    stated = {"endpoint_url": sandbox.url, "certificate_authority": sandbox.ca_pem, "token": sandbox.admin_token}
    return stated | changes


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_many(client, admin, count, django_assert_num_queries):
    for number in range(count):
        factories.make_cluster(f"dev-{number}", wildcard_domain=f"dev-{number}.example.net")
    with django_assert_num_queries(10):
        response = client.get(reverse("web:cluster_list"))
    assert len(response.context["rows"]) == count


def test_list_shows_members_the_clusters_of_their_grants(client, cluster):
    factories.make_cluster("prod-1", environment="prod", wildcard_domain="")
    team = factories.make_team("web")
    factories.make_grant(team, "dev-1", "web")
    client.force_login(factories.make_user("ada", team=team))
    response = client.get(reverse("web:cluster_list"))
    assert [row.cluster.name for row in response.context["rows"]] == ["dev-1"]
    assert "Register a cluster" not in response.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["dev-1", "dev-2", "prod-1"]),
        ("state=unhealthy", ["dev-2"]),
        ("environment=prod", ["prod-1"]),
        ("environment=prod&state=unhealthy", []),
    ],
)
def test_list_is_filtered_by_the_address(client, admin, cluster, query, names):
    factories.make_cluster("dev-2", reachable=False, wildcard_domain="")
    factories.make_cluster("prod-1", environment="prod", wildcard_domain="")
    response = client.get(f"{reverse('web:cluster_list')}?{query}")
    assert [row.cluster.name for row in response.context["rows"]] == names
    assert "No answer within 5 s." in response.text


def test_list_empty_tells_admins_to_register_and_others_to_wait(client, admin):
    assert "Register the first one" in client.get(reverse("web:cluster_list")).text
    client.force_login(factories.make_user("ada"))
    assert "A platform admin grants your team a namespace" in client.get(reverse("web:cluster_list")).text


def test_detail_shows_members_their_namespaces_and_no_actions(client, scene):
    client.force_login(scene.developer)
    response = client.get(detail())
    assert response.context["named_namespaces"] == [("web", "web")]
    assert [bool(response.context[name]) for name in ("may_change", "may_refresh", "checks", "rbac")] == [
        False,
        True,
        False,
        False,
    ]


def test_detail_does_not_exist_for_strangers(client, cluster):
    client.force_login(factories.make_user())
    assert client.get(detail()).status_code == 404


def test_check_keeps_what_it_found(client, admin, scene):
    client.force_login(admin)
    assert client.post(reverse("web:cluster_check", args=["dev-1"])).url == detail()
    response = client.get(detail())
    words = [str(line.word) for line in response.context["checks"]]
    assert words == [
        "Name",
        "Connection",
        "TLS",
        "Credential",
        "Version",
        "Rights",
        "Ingress classes",
        "Gateway API",
    ]
    assert [str(line.badge.word) for line in response.context["conditions"]] == ["yes", "yes"]


@pytest.mark.parametrize("action", ["check", "pause", "resume", "retire", "edit", "rekey"])
def test_actions_are_for_platform_admins(client, scene, action):
    client.force_login(scene.developer)
    assert client.post(reverse(f"web:cluster_{action}", args=["dev-1"]), {"reason": "x"}).status_code == 403


def test_refresh_reads_the_inventory_for_developers_too(client, scene):
    client.force_login(scene.developer)
    assert client.post(reverse("web:cluster_refresh", args=["dev-1"])).url == detail()
    assert "The inventory is up to date." in client.get(detail()).text


def test_pause_needs_a_reason_and_resume_ends_it(client, admin, cluster):
    address = reverse("web:cluster_pause", args=["dev-1"])
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    client.post(address, {"reason": "Upgrade to 1.34"})
    assert "Upgrade to 1.34" in client.get(detail()).text
    client.post(reverse("web:cluster_resume", args=["dev-1"]))
    assert not Cluster.objects.get().is_paused


def test_edit_changes_what_is_stated(client, admin, cluster):
    address = reverse("web:cluster_edit", args=["dev-1"])
    assert client.get(address).context["form"].initial["addresses"] == "10.0.0.10"
    client.post(address, {**SETTINGS, "environment": "test", "addresses": "10.0.0.11, entry.example.net"})
    fresh = Cluster.objects.get()
    assert (fresh.environment, fresh.entry_addresses) == ("test", ["10.0.0.11", "entry.example.net"])


def test_edit_refuses_beside_the_fields_and_keeps_what_was_typed(client, admin, cluster):
    wrong = {**SETTINGS, "wildcard_domain": "*.dev", "addresses": "not an address!"}
    response = client.post(reverse("web:cluster_edit", args=["dev-1"]), wrong)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["wildcard_domain", "addresses"])
    assert response.context["form"]["addresses"].value() == "not an address!"


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("co.uk", "co.uk is a public suffix"),
        ("kept.example.com", "kept.example.com is reserved: Kept."),
        ("example.org", "A team holds a host under example.org already: shop.example.org (web)."),
        ("a.test.example.net", "The wildcard domain overlaps test.example.net of cluster test-1."),
    ],
)
def test_edit_refuses_a_wildcard_domain_that_is_not_free_beside_its_field(client, admin, cluster, domain, words):
    factories.make_reserved_host("kept.example.com", reason="Kept.")
    factories.make_host_claim(factories.make_team("web"), "shop.example.org")
    factories.make_cluster("test-1", environment="test")

    response = client.post(reverse("web:cluster_edit", args=["dev-1"]), {**SETTINGS, "wildcard_domain": domain})

    assert response.status_code == 422
    [message] = response.context["form"].errors["wildcard_domain"]
    assert message.startswith(words)
    assert list(response.context["form"].errors) == ["wildcard_domain"]


def test_retire_wants_the_name_typed(client, admin, cluster):
    address = reverse("web:cluster_retire", args=["dev-1"])
    assert client.post(address, {"confirm": "dev-2"}).status_code == 422
    assert client.post(address, {"confirm": "dev-1"}).url == reverse("web:cluster_list")
    assert client.get(detail()).status_code == 404


def test_retire_is_refused_while_exposures_live_there(client, admin, cluster):
    factories.make_exposure(cluster, factories.make_team("web"))
    address = reverse("web:cluster_retire", args=["dev-1"])
    assert "1 exposure still lives here" in client.get(address).text
    response = client.post(address, {"confirm": "dev-1"})
    assert (response.status_code, Cluster.objects.get().retired_at) == (422, None)
    assert "1 exposure still lives here" in response.text
    assert '<div class="callout bad" role="alert">' in response.text


def test_test_shows_each_step_and_stores_nothing(client, admin, sandbox):
    parts = parts_of(client.post(reverse("web:cluster_test"), access(sandbox), headers=HTMX))
    assert [part.count('"mark ok"') for part in parts[:6]] == [0, 1, 2, 3, 4, 5]
    assert ['"mark run"' in part for part in parts] == [True] * 8 + [False] * 2
    assert [part.count("<li>") for part in parts] == [8] * 10
    assert "It works, with warnings" in parts[-1]
    assert "It works, with warnings" not in parts[-2]
    assert Cluster.objects.count() == 0


def test_test_of_a_wrong_token_says_where_it_stops_and_why(client, admin, sandbox):
    last = parts_of(client.post(reverse("web:cluster_test"), access(sandbox, token="wrong"), headers=HTMX))[-1]
    assert "<b>Credential</b> · " in last
    assert "make a new one with" in last
    assert "It does not work yet" in last


def test_test_speaks_the_language_of_the_reader(client, admin, sandbox):
    User.objects.update(language="zh-hans")
    last = parts_of(client.post(reverse("web:cluster_test"), access(sandbox), headers=HTMX))[-1]
    assert "<b>凭据</b> · " in last


def test_test_of_several_contexts_offers_them(client, admin):
    typed = kubeconfig("one", "two")
    response = client.post(reverse("web:cluster_test"), {"kubeconfig": typed}, headers=HTMX)
    assert response.context["contexts"] == ["one", "two"]
    assert 'value="two"' in response.text
    assert TOKEN not in response.text


def test_test_without_htmx_is_the_whole_page(client, admin, sandbox):
    response = client.post(reverse("web:cluster_test"), access(sandbox, name="dev-1"))
    assert response.status_code == 200
    assert ("<h1" in response.text, sandbox.admin_token in response.text) == (True, False)
    assert response.context["form"]["name"].value() == "dev-1"


def test_register_stores_and_checks_the_cluster(client, admin, sandbox):
    stated = access(sandbox) | SETTINGS | {"name": "dev-1", "wildcard_domain": "dev.example.net"}
    assert client.post(reverse("web:cluster_register"), stated).url == detail()
    assert Cluster.objects.get().is_reachable


def test_register_takes_an_uploaded_kubeconfig(client, admin, sandbox):
    upload = BytesIO(sandbox.kubeconfig().encode())
    upload.name = "config"
    response = client.post(reverse("web:cluster_register"), {**SETTINGS, "name": "dev-1", "kubeconfig_file": upload})
    assert (response.status_code, Cluster.objects.get().endpoint) == (302, sandbox.url)


def test_register_by_htmx_leads_on(client, admin, sandbox):
    response = client.post(
        reverse("web:cluster_register"), access(sandbox) | SETTINGS | {"name": "dev-1"}, headers=HTMX
    )
    assert response["HX-Redirect"] == detail()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kubeconfig": "a: [b", "token": ""}, "kubeconfig"),
        ({"name": "Not A Name"}, "name"),
        ({"wildcard_domain": "*.x"}, "wildcard_domain"),
        ({"endpoint_url": "http://10.0.0.1"}, "endpoint_url"),
        ({"certificate_authority": "none"}, "certificate_authority"),
        ({"http_port": "0"}, "http_port"),
    ],
)
def test_register_refuses_beside_the_field_and_never_echoes_the_token(client, admin, changes, field):
    stated = {"endpoint_url": "https://10.0.0.10:6443", "certificate_authority": authority(), "token": TOKEN}
    if "kubeconfig" in changes:
        stated = {}
    stated |= SETTINGS | {"name": "dev-1"} | changes
    for headers in ({}, HTMX):
        response = client.post(reverse("web:cluster_register"), stated, headers=headers)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
        assert TOKEN not in response.text
    assert Cluster.objects.count() == 0


def test_register_refusals_by_htmx_leave_secret_fields_alone(client, admin):
    stated = SETTINGS | {"name": "Not A Name", "kubeconfig": kubeconfig()}
    response = client.post(reverse("web:cluster_register"), stated, headers=HTMX)
    assert ('id="field-name" hx-swap-oob="true"' in response.text, 'name="kubeconfig"' in response.text) == (
        True,
        False,
    )


def test_register_refuses_a_name_that_exists(client, admin, cluster):
    stated = SETTINGS | {"name": "dev-1", "kubeconfig": kubeconfig()}
    response = client.post(reverse("web:cluster_register"), stated)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])


def test_register_refuses_an_exec_plugin_at_the_kubeconfig(client, admin):
    stated = SETTINGS | {"name": "dev-1", "kubeconfig": kubeconfig(exec={"command": "sh"})}
    response = client.post(reverse("web:cluster_register"), stated)
    assert list(response.context["form"].errors) == ["kubeconfig"]


def test_register_refuses_a_file_that_is_no_text(client, admin):
    upload = BytesIO(b"\xff\xfe\x00")
    upload.name = "config"
    response = client.post(reverse("web:cluster_register"), {**SETTINGS, "name": "dev-1", "kubeconfig_file": upload})
    assert response.context["form"].errors["kubeconfig_file"] == ["The file is not text."]


def test_register_is_for_platform_admins(client, db):
    client.force_login(factories.make_user())
    assert client.get(reverse("web:cluster_register")).status_code == 403


def test_rekey_with_a_token_alone_keeps_the_endpoint(client, scene, admin):
    client.force_login(admin)
    before = Cluster.objects.get().endpoint
    response = client.post(reverse("web:cluster_rekey", args=["dev-1"]), {"token": scene.sandbox.admin_token})
    assert (response.url, Cluster.objects.get().endpoint) == (detail(), before)


def test_rekey_with_nothing_says_what_is_needed(client, admin, cluster):
    response = client.post(reverse("web:cluster_rekey", args=["dev-1"]), {})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["kubeconfig"])


def test_register_refuses_five_megabytes_pasted_or_uploaded(client, admin):
    huge = "a" * 5_000_000
    assert client.post(reverse("web:cluster_register"), {**SETTINGS, "kubeconfig": huge}).status_code == 413
    upload = BytesIO(huge.encode())
    upload.name = "config"
    response = client.post(reverse("web:cluster_register"), {**SETTINGS, "name": "dev-1", "kubeconfig_file": upload})
    assert list(response.context["form"].errors) == ["kubeconfig_file"]


def test_list_tells_latency_gaps_and_certificates_that_are_due(client, admin, cluster):
    now = timezone.now()
    for minute, latency in enumerate([4, None, 8]):
        reachable = latency is not None
        keep_sample(cluster=cluster, reachable=reachable, latency_ms=latency, now=now + timedelta(minutes=minute))
    factories.make_secret(cluster, "soon-tls", not_before=now - timedelta(days=80), not_after=now + timedelta(days=10))
    factories.make_secret(cluster, "fine-tls")
    response = client.get(reverse("web:cluster_list"))
    (row,) = response.context["rows"]
    assert (list(row.history.values), row.due) == ([4, None, 8], 1)
    assert row.history.sentence == "Last 3 checks: 4 to 8 ms, mostly 6 ms. 1 had no answer."
    due = client.get(reverse("web:certificate_list"), {"cluster": cluster.name, "bucket": "due"})
    assert [one.certificate.secret.name for one in due.context["rows"]] == ["soon-tls"]
    assert f"?cluster={cluster.name}&amp;bucket=due" in response.text


def test_view_of_the_list_follows_the_address_then_the_person(client, admin, cluster):
    assert client.get(reverse("web:cluster_list")).context["view"] == "cards"
    assert client.get(reverse("web:cluster_list"), {"view": "table"}).context["view"] == "table"
    switched = client.post("/preferences/", {"clusters_view": "table", "next": "/clusters/?view=table"})
    assert switched.url == "/clusters/?view=table"
    assert client.get(reverse("web:cluster_list")).context["view"] == "table"
    assert client.get(reverse("web:cluster_list"), {"view": "map"}).context["view"] == "table"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([5], "Last check: 5 ms."),
        ([None, None], "Last 2 checks: no answer."),
        ([1, 3], "Last 2 checks: 1 to 3 ms, mostly 2 ms."),
    ],
)
def test_history_is_told_in_a_sentence(values, sentence):
    assert History(values).sentence == sentence
