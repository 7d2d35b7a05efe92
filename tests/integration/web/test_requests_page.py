"""The tabs of a request, what stands beside them, and what stays readable after the decision."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, open_delete, reject, resubmit, return_request
from apps.clusters.services import check_cluster, rekey_cluster
from apps.delivery.services import run_delivery
from apps.inventory.services import refresh_inventory
from testbed.objects import service
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import remove
from tests.integration.scenes import Scene

TABS = ["detail", "manifest", "checks", "activity"]


@pytest.fixture
def change(scene: Scene) -> ChangeRequest:
    """A request over HTTPS that waits for group network."""
    return scene.ask("shop.example.com", tls="shop-tls")


def tab(client: Client, user: User, change: ChangeRequest, name: str = "detail"):
    client.force_login(user)
    return client.get(reverse(f"web:request_{name}", args=[change.pk]))


@pytest.mark.parametrize("name", TABS)
def test_every_tab_has_the_sentence_the_review_and_the_steps(client, scene, change, name):
    response = tab(client, scene.approver, change, name)
    assert [one.active for one in response.context["tabs"]] == [one == name for one in TABS]
    assert "It is your turn." in response.text
    assert response.text.count('name="verdict"') == 3
    assert [step.text for step in response.context["coming"]] == [
        "Delivery to dev-1",
        "Proof: HTTPS answers with shop-tls",
    ]


@pytest.mark.parametrize("name", TABS)
def test_no_tab_exists_for_strangers(client, scene, change, name):
    assert tab(client, scene.stranger, change, name).status_code == 404


def test_manifest_is_compared_with_what_was_live(client, scene):
    exposure = scene.publish()
    exposure.refresh_from_db()
    removal = open_delete(by=scene.developer, exposure=exposure)
    response = tab(client, scene.developer, removal, "manifest")
    assert response.context["added"] == 0
    assert response.context["removed"] == len(response.context["lines"]) > 10


def test_checks_are_those_of_now_until_it_is_decided(client, scene, change):
    response = tab(client, scene.approver, change, "checks")
    assert response.context["checks"].is_now
    assert response.context["checks"].lines[0].text == "Exposing services is allowed for team web."
    approve(by=scene.approver, request=change, content_hash=change.content_hash)
    run_delivery(change.revision.delivery.pk)
    kept = tab(client, scene.approver, change, "checks")
    assert not kept.context["checks"].is_now
    assert kept.context["checks_step"].text == "Checks"


def asked_by_the_page(client: Client, user: User, change: ChangeRequest):
    """What the page fetches once it stands."""
    client.force_login(user)
    headers = {"HX-Request": "true", "HX-Target": "checks"}
    return client.get(reverse("web:request_checks", args=[change.pk]), headers=headers)


def test_cluster_says_what_it_thinks_of_the_bytes_while_they_can_be_decided_on(client, scene, change):
    page = tab(client, scene.approver, change, "checks")
    assert page.context["checks"].lines[-1].text == "dev-1 was not asked yet (dry run)."
    assert 'hx-trigger="load" hx-target="this"' in page.text

    card = asked_by_the_page(client, scene.approver, change)

    assert card.context["checks"].lines[-1].text == "dev-1 accepts the manifest (dry run)."
    assert "hx-trigger" not in card.text
    assert page.context["checks_step"].note == "7 passed · 1 warning · 2 not known"
    assert card.context["checks_step"].note == "8 passed · 1 warning · 1 not known"
    assert 'id="checks-step" hx-swap-oob="true"' in card.text


def test_refusal_of_the_cluster_is_told_before_anybody_approves(client, scene, change):
    reader = scene.sandbox.token("reader", [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}])
    rekey_cluster(by=make_platform_admin(), cluster=scene.cluster, token=reader)

    line = asked_by_the_page(client, scene.approver, change).context["checks"].lines[-1]

    assert (line.kind, line.text) == ("bad", "The portal may not write Ingresses in this namespace of cluster dev-1.")
    assert "cannot patch" in line.raw


def test_page_does_not_ask_a_cluster_out_of_reach_nor_about_what_is_forbidden_or_decided(client, scene, change):
    def awaits_cluster() -> bool:
        return tab(client, scene.approver, change, "checks").context["checks"].awaits_cluster

    assert awaits_cluster()
    scene.sandbox.refuse()
    check_cluster(cluster=scene.cluster)
    assert not awaits_cluster()
    scene.sandbox.clear()
    check_cluster(cluster=scene.cluster)
    assert awaits_cluster()
    remove(scene.sandbox, service("web", "shop"))
    refresh_inventory(cluster=scene.cluster)
    assert not awaits_cluster()
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="No.")
    assert not awaits_cluster()


def test_what_fails_its_checks_stands_on_the_first_tab(client, scene, change):
    remove(scene.sandbox, service("web", "shop"))
    refresh_inventory(cluster=scene.cluster)
    response = tab(client, scene.approver, change)
    assert "Checks that need attention" in response.text
    assert "There is no Service shop in namespace web." in response.text
    assert response.context["checks_step"].kind == "bad"


def test_deletion_says_that_nothing_is_checked(client, scene):
    exposure = scene.publish()
    exposure.refresh_from_db()
    removal = open_delete(by=scene.developer, exposure=exposure)
    response = tab(client, scene.developer, removal, "checks")
    assert "Nothing can forbid a deletion" in response.text
    assert [step.text for step in response.context["coming"]] == ["Removal from dev-1"]


def test_risk_is_told_with_its_facts(client, scene, change):
    assert tab(client, scene.approver, change).context["risk_facts"] == [
        "Development cluster",
        "The host has never been live",
        "Zone example.com",
    ]


def test_queue_leads_on_after_a_decision(client, scene, change):
    following = scene.ask("www.shop.example.com", tls="shop-tls")
    response = tab(client, scene.approver, change)
    place = response.context["place"]
    assert (place.position, place.total, place.previous) == (1, 2, "")
    assert place.following == reverse("web:request_detail", args=[following.pk])
    assert "1 of 2 waiting for you" in response.text
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="No.")
    decided = tab(client, scene.approver, change)
    assert (decided.context["place"].is_in_queue, decided.context["place"].following) == (False, place.following)
    assert "Next waiting:" in decided.text


def test_queue_of_who_is_never_asked_is_not_shown(client, scene, change):
    assert tab(client, scene.developer, change).context["place"] is None


def test_new_round_shows_what_is_different_since_the_last(client, scene, change):
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="Without TLS, please.")
    resubmit(by=scene.developer, request=change, spec=scene.spec("shop.example.com"), reason="Without.")
    response = tab(client, scene.approver, change)
    assert [line.label for line in response.context["since_round"]] == ["TLS"]
    assert "Changed since round 1" in response.text
    assert [entry.round for entry in tab(client, scene.approver, change, "activity").context["timeline"]] == [
        None,
        None,
        2,
    ]


def test_rejected_request_leads_to_the_form_with_what_was_asked_for(client, scene, change):
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="Choose another name.")
    form = tab(client, scene.developer, change).context["actions"].edit
    assert form.startswith(reverse("web:exposure_new"))
    assert "shop.example.com" in client.get(form).text
    scene.ask("shop.example.com", tls="shop-tls")
    assert not tab(client, scene.developer, change).context["actions"]


def test_editing_is_no_first_thought_while_others_are_asked(client, scene, change):
    actions = tab(client, scene.developer, change).context["actions"]
    assert (bool(actions.edit), actions.edit_is_next) == (True, False)
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="Say why.")
    assert tab(client, scene.developer, change).context["actions"].edit_is_next


def test_what_was_said_is_quoted_once_beside_the_decision(client, scene, change):
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="Choose another name.")
    page = tab(client, scene.developer, change).text.split('class="print-only')[0]
    assert "<q>" not in page
    assert page.count("Choose another name.") == 2  # above the page, and in the history


def test_decided_request_reads_as_it_was(client, scene, change):
    before = tab(client, scene.approver, change)
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="Not this name.")
    after = tab(client, scene.approver, change)
    for name in ("changes", "reasons", "risk_facts", "manifest"):
        assert after.context[name] == before.context[name]
    assert after.context["coming"] == []
    assert [voice.comment for voice in after.context["stages"][0].voices] == ["Not this name."]
    assert 'name="verdict"' not in after.text


def test_delivery_that_went_well_is_folded(client, scene):
    change = scene.ask()
    run_delivery(change.revision.delivery.pk)
    steps = [step | {"status": "passed"} for step in change.revision.delivery.__class__.objects.get().steps]
    change.revision.delivery.__class__.objects.update(steps=steps)
    response = tab(client, scene.developer, change)
    assert 'id="delivery-steps"' in response.text
    assert [step.kind for step in response.context["coming"]] == ["ok", "ok"]


def test_sheet_for_print_has_manifest_and_all_activity(client, scene, change):
    sheet = tab(client, scene.approver, change).text.partition("print-only")[2]
    assert "secretName: shop-tls" in sheet
    assert "All activity" in sheet


def test_auditor_reads_and_learns_why_not_to_comment(client, scene, change):
    from tests.factories.people import make_user

    response = tab(client, make_user("eve", is_auditor=True), change)
    assert "Auditors read, they do not take part." in response.text
    assert "Add comment" not in response.text
