"""The exposure form as a plain form: what it offers, keeps, refuses and sends."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import Team
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.exposures.models import Exposure
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/exposures/new/"
COMPLETE = {
    "action": "send",
    "token": "form_1",
    "cluster": "dev-1",
    "namespace": "web",
    "service": "shop",
    "port": "http",
    "host_kind": "wildcard",
    "prefix": "shop",
    "scheme": "http",
    "path_0": "/",
    "path_type_0": "Prefix",
    "backend_0": "",
    "reason": "A shop.",
}


def test_new_chooses_what_is_the_only_choice(client, cluster, developer):
    response = client.get(NEW)
    assert response.status_code == 200
    draft = response.context["offer"].draft
    assert (draft.cluster, draft.namespace, draft.service, draft.port) == ("dev-1", "web", "shop", "http")
    assert response.context["outcome"].missing == ["a name"]


def test_new_is_filled_from_the_address(client, cluster, developer):
    response = client.get(NEW, {"prefix": "shop", "path_0": "/a", "path_1": "/b", "path_type_1": "Exact"})
    assert [(row.path, row.path_type) for row in response.context["offer"].draft.paths] == [
        ("/a", "Prefix"),
        ("/b", "Exact"),
    ]
    assert response.context["outcome"].url == "http://shop.dev.example.net/a"
    assert not response.context["form"].errors


def test_new_publishes_on_the_wildcard_domain_without_a_human(client, cluster, developer):
    response = client.post(NEW, COMPLETE)
    exposure = Exposure.objects.get()
    assert response.url == reverse("web:exposure_detail", args=[exposure.pk])
    assert (exposure.host, exposure.namespace, exposure.team.name) == ("shop.dev.example.net", "web", "web")
    assert ChangeRequest.objects.get().state == "delivering"
    assert exposure.revisions.get().reason == "A shop."


def test_new_sent_twice_makes_one_exposure(client, cluster, developer):
    first = client.post(NEW, COMPLETE)
    second = client.post(NEW, COMPLETE)
    assert first.url == second.url
    assert Exposure.objects.count() == 1


def test_new_says_publish_or_request_approval(client, cluster, developer):
    quick = client.get(NEW, {"prefix": "shop"})
    assert quick.context["outcome"].needs_approval is False
    assert "Publish" in quick.text
    factories.make_zone(Team.objects.get(), factories.make_approver_group("network"))
    slow = client.get(NEW, {"host_kind": "custom", "host": "shop.example.com"})
    assert slow.context["outcome"].approval == "Needs one approval by network, because of a custom host."
    assert "Request approval" in slow.text


def test_new_refused_keeps_every_input_and_names_the_field(client, cluster, developer):
    stated = COMPLETE | {"service": "gone", "port": "http", "path_1": "no-slash", "prefix": "Shop_1"}
    response = client.post(NEW, stated)
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"prefix", "path_1"}
    for name, value in stated.items():
        if name in form.fields:
            assert form[name].value() == value
    assert Exposure.objects.count() == 0


def test_new_corrected_after_a_refusal_is_sent_with_the_same_token(client, cluster, developer):
    client.post(NEW, COMPLETE | {"prefix": ""})
    assert client.post(NEW, COMPLETE).status_code == 302


def test_new_names_the_owner_of_a_host_that_is_taken(client, cluster, developer):
    other = factories.make_team("pay", contact="pay@example.com")
    factories.make_exposure(factories.make_cluster("test-1"), other, host="shop.dev.example.net")
    response = client.post(NEW, COMPLETE)
    assert response.status_code == 422
    assert response.context["form"].errors["prefix"] == [
        "shop.dev.example.net belongs to team pay. Contact: pay@example.com."
    ]


def owned_by_pay(cluster):
    """The host is team pay's, which serves / there; `other` is the exposure."""
    other = factories.make_team("pay", contact="#pay")
    factories.make_host_claim(other, "shop.dev.example.net")
    exposure = factories.make_exposure(cluster, other, host="shop.dev.example.net", namespace="pay")
    factories.make_revision(exposure)
    factories.make_user("owner", team=other)
    return exposure


def test_new_leads_to_the_own_exposure_that_has_the_host(client, cluster, developer, team):
    taken = factories.make_exposure(cluster, team, host="shop.dev.example.net")
    page = client.get(NEW, COMPLETE)
    assert page.context["host_note"].exposure == taken.pk
    assert f'<a href="{reverse("web:exposure_detail", args=[taken.pk])}">Show the exposure</a>' in page.text


def test_new_says_where_nothing_can_be_chosen_yet_instead_of_a_form(client):
    client.force_login(factories.make_user("newcomer"))
    page = client.get(NEW)
    assert "There is no cluster for you yet." in page.text
    assert "exposure-form" not in page.text


def test_new_offers_to_ask_the_owner_of_a_host_for_a_path(client, cluster, developer):
    owned_by_pay(cluster)

    page = client.get(NEW, {"host_kind": "wildcard", "prefix": "shop"})

    assert page.context["host_note"].owner == "pay"
    assert "Ask for a path on this host" in page.text
    asked = client.get(NEW, {"host_kind": "wildcard", "prefix": "shop", "path_0": "/blog", "ask_owner": "yes"})
    assert asked.context["host_note"].kind == "wait"
    assert asked.context["outcome"].approval == "Needs one approval by team pay, because of a host of another team."


def test_new_asks_the_owner_when_told_so(client, cluster, developer):
    owned_by_pay(cluster)

    assert client.post(NEW, COMPLETE | {"path_0": "/blog"}).status_code == 422
    response = client.post(NEW, COMPLETE | {"path_0": "/blog", "ask_owner": "yes", "token": "form_2"})

    assert response.status_code == 302
    [stage] = ChangeRequest.objects.get().stages.all()
    assert (stage.name, [slot.principal for slot in stage.slots.all()]) == ("owner", ["team:pay"])


def test_new_says_at_the_path_that_the_owner_has_it(client, cluster, developer):
    owned_by_pay(cluster)

    response = client.post(NEW, COMPLETE | {"ask_owner": "yes"})

    assert response.status_code == 422
    assert response.context["form"].errors == {"path_0": ["shop.dev.example.net/ belongs to team pay. Contact: #pay."]}


def test_new_offers_no_asking_where_nobody_holds_the_host(client, cluster, developer):
    page = client.get(NEW, {"host_kind": "wildcard", "prefix": "free", "ask_owner": "yes"})
    assert page.context["host_note"].owner == ""
    assert page.context["outcome"].approval == ""


def test_new_insists_on_every_part(client, developer):
    response = client.post(NEW, {"action": "send", "scheme": "https"})
    assert set(response.context["form"].errors) == {"cluster", "namespace", "service", "port", "host", "secret"}


def test_new_shows_what_is_missing_and_what_is_malformed_together(client, cluster, developer):
    response = client.post(NEW, COMPLETE | {"scheme": "https", "prefix": "", "path_0": "no-slash"})
    errors = response.context["form"].errors
    assert set(errors) == {"prefix", "secret", "path_0"}
    assert errors["prefix"] == ["Give it a name."]


@pytest.mark.parametrize(
    "stated",
    [
        ("prefix", "a" * 254),
        ("prefix", "a\nb"),
        ("prefix", "x" * 64),
        ("path_0", "/a/../b"),
        ("path_0", "/\x00"),
        ("path_type_0", "Regex"),
        ("port", "70000"),
        ("service", "Shop!"),
        ("backend_0", ":::"),
        ("ingress_class", "<script>"),
    ],
)
def test_new_answers_bad_input_beside_the_form_and_stores_nothing(client, cluster, developer, stated):
    response = client.post(NEW, COMPLETE | dict([stated]))
    assert response.status_code == 422
    assert response.context["form"].errors
    assert Exposure.objects.count() == 0


def test_paths_are_added_and_removed_on_the_server(client, cluster, developer):
    added = client.post(NEW, COMPLETE | {"action": "add_path"})
    assert [row.path for row in added.context["offer"].draft.paths] == ["/", ""]
    removed = client.post(NEW, COMPLETE | {"path_1": "/b", "action": "remove_path.0"})
    assert [row.path for row in removed.context["offer"].draft.paths] == ["/b"]


def test_certificates_are_offered_for_the_host_and_others_say_why_not(client, cluster, developer):
    factories.make_secret(cluster, "shop-tls")
    factories.make_secret(cluster, "other-tls", subject_names=["other.example.com"])
    factories.make_secret(cluster, "robot", is_tls=False, usable=False, fingerprint_sha256="", reasons=[NOT_TLS])
    address = {"host_kind": "custom", "host": "shop.example.com", "scheme": "https"}
    response = client.get(NEW, address)
    assert [row.secret_name for row in response.context["offer"].certificates] == ["shop-tls"]
    assert [row.secret_name for row in response.context["offer"].rejected] == ["other-tls"]
    assert "robot" not in response.text
    asked = client.get(NEW, address | {"others": "yes"})
    assert {row.secret_name for row in asked.context["offer"].rejected} == {"other-tls", "robot"}


NOT_TLS = {"code": "not_tls_type", "message": "", "hint": ""}


def test_a_namespace_of_another_team_is_not_offered(client, cluster, developer):
    factories.make_grant(factories.make_team("pay"), namespace="pay")
    factories.make_namespace(cluster, "pay")
    response = client.get(NEW, {"cluster": "dev-1", "namespace": "pay"})
    assert response.context["offer"].namespaces == ["web"]
    assert response.context["offer"].draft.namespace == "web"


def test_a_viewer_reads_why_the_button_does_nothing(client, cluster, team):
    client.force_login(factories.make_user(team=team, role="viewer"))
    response = client.get(NEW, {"prefix": "shop"})
    assert response.context["outcome"].refusal == "Only developers and maintainers of team web may do this."
    assert client.post(NEW, COMPLETE).status_code == 422


def test_an_unreachable_cluster_says_so(client, team, developer):
    factories.make_cluster("dev-2", reachable=False)
    factories.make_grant(team, "dev-2")
    response = client.get(NEW)
    assert "Not reachable" in response.text
    assert "No answer within 5 s." in response.text


def test_form_fragment_follows_a_choice(client, cluster, developer):
    response = client.post("/exposures/form/", COMPLETE, headers={"HX-Request": "true", "HX-Target": "fields"})
    assert response.status_code == 200
    assert 'id="fields"' in response.text
    assert 'id="outcome"' in response.text


def test_form_fragment_while_typing_leaves_the_fields_alone(client, cluster, developer):
    cluster.conditions = []
    cluster.save()
    response = client.post("/exposures/form/", COMPLETE, headers={"HX-Request": "true", "HX-Target": "outcome"})
    assert 'id="fields"' not in response.text
    assert "shop.dev.example.net is free." in response.text


def test_edit_keeps_the_host_and_sends_a_change(client, cluster, developer, team):
    exposure = factories.make_exposure(cluster, team, created_by=developer)
    revision = factories.make_revision(exposure)
    exposure.live_revision = exposure.desired_revision = revision
    exposure.save()
    address = reverse("web:exposure_edit", args=[exposure.pk])
    page = client.get(address)
    assert page.context["form"]["path_0"].value() == "/"
    response = client.post(address, COMPLETE | {"prefix": "other", "path_0": "/new"})
    assert response.url == reverse("web:exposure_detail", args=[exposure.pk])
    newest = exposure.revisions.latest("number")
    assert (newest.spec["host"], newest.spec["paths"][0]["path"]) == ("shop.dev.example.net", "/new")


def test_edit_that_changes_nothing_is_not_sent(client, cluster, developer, team):
    client.post(NEW, COMPLETE)
    exposure = Exposure.objects.get()
    ChangeRequest.objects.update(state=RequestState.DONE)
    Exposure.objects.update(live_revision=exposure.newest_revision)
    address = reverse("web:exposure_edit", args=[exposure.pk])
    stated = COMPLETE | {"token": client.get(address).context["offer"].draft.token}
    answer = client.post(address, stated)
    assert answer.status_code == 422
    assert "Nothing differs from what runs now." in answer.text
    assert exposure.revisions.count() == 1
    assert client.post(address, stated | {"path_0": "/new"}).status_code == 302


def test_copy_fills_the_form_but_for_the_cluster(client, cluster, developer, team):
    exposure = factories.make_exposure(cluster, team)
    factories.make_revision(exposure)
    response = client.get(reverse("web:exposure_copy", args=[exposure.pk]))
    assert response.status_code == 302
    factories.make_cluster("test-1", environment="test")
    factories.make_grant(team, "test-1")
    page = client.get(response.url)
    draft = page.context["offer"].draft
    assert (draft.cluster, draft.namespace, draft.service, draft.prefix) == ("", "web", "shop", "shop")
