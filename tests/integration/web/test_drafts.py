"""Drafts on the pages: kept by every post, listed, gone on with, settled between windows, sent, discarded."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.models import ChangeRequest
from apps.drafts.models import ExposureDraft
from apps.drafts.services import MAX_BYTES
from apps.exposures.models import Exposure
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cluster", "developer")]
NEW, FORM = "/exposures/new/", "/exposures/form/"
DRAFT = "dft_06515d2c8a2f1a2b3c4d5e6f"
TYPED = {
    "draft": DRAFT,
    "seen": "0",
    "token": "form_here",
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
OUTCOME = {"HX-Request": "true", "HX-Target": "outcome"}
STATE = {"HX-Request": "true", "HX-Target": "draft-state"}


def kept() -> dict[str, str]:
    values: dict[str, str] = ExposureDraft.objects.get().values
    return values


def test_opening_the_page_begins_no_draft(client):
    client.get(NEW)
    client.get(NEW, {"prefix": "shop", "service": "shop"})
    client.post(FORM, TYPED | {"action": "look"}, headers=OUTCOME)
    assert ExposureDraft.objects.count() == 0


def test_typing_saves_and_says_so(client):
    response = client.post(FORM, TYPED, headers=OUTCOME)
    assert "Draft saved" in response.text
    assert f'data-draft="{DRAFT}" data-saved' in response.text
    assert kept()["reason"] == "A shop."
    assert "token" not in kept()
    noted = client.post(FORM, TYPED | {"reason": "Better words."}, headers=STATE)
    assert 'id="outcome"' not in noted.text
    assert kept()["reason"] == "Better words."


def test_page_that_is_left_saves_without_htmx(client):
    assert client.post(FORM, TYPED).status_code == 204
    assert kept()["prefix"] == "shop"


def test_draft_goes_on_where_it_was(client):
    client.post(FORM, TYPED | {"path_1": "/b", "option_websocket": "true"}, headers=OUTCOME)
    response = client.get(NEW, {"draft": DRAFT})
    draft = response.context["offer"].draft
    assert (draft.cluster, draft.service, draft.prefix, draft.reason) == ("dev-1", "shop", "shop", "A shop.")
    assert [row.path for row in draft.paths] == ["/", "/b"]
    assert draft.options == {"websocket": "true"}
    assert response.context["draft"].seen == 1
    assert response.context["is_unsaved"] is False


def test_address_stands_above_the_draft_and_is_marked_as_not_saved(client):
    client.post(FORM, TYPED, headers=OUTCOME)
    response = client.get(NEW, {"draft": DRAFT, "scheme": "https", "secret": "shop-tls"})
    assert response.context["offer"].draft.secret == "shop-tls"
    assert response.context["offer"].draft.prefix == "shop"
    assert "data-unsaved" in response.text
    assert kept()["scheme"] == "http"


def test_refused_form_is_kept_and_a_sent_one_is_not(client):
    client.post(NEW, TYPED | {"action": "send", "prefix": "Not a name"})
    assert kept()["prefix"] == "Not a name"
    sent = client.post(NEW, TYPED | {"action": "send"})
    assert sent.status_code == 302
    assert ExposureDraft.objects.count() == 0
    late = client.post(FORM, TYPED | {"reason": "On its way while it was sent."}, headers=STATE)
    assert late.status_code == 200
    assert ExposureDraft.objects.count() == 0
    back = client.get(NEW, {"draft": DRAFT})
    assert back.context["sent"] == Exposure.objects.get().pk
    assert "That draft was sent." in back.text


def test_drafts_are_listed_on_home_and_above_the_exposures(client):
    client.post(FORM, TYPED, headers=OUTCOME)
    for page in ("/", "/exposures/"):
        text = client.get(page).text
        assert "Continue: shop.dev.example.net" in text
        assert f"{NEW}?draft={DRAFT}" in text
    assert "Not sent yet" not in Client().get("/", follow=True).text


def test_discarding_leads_back_to_where_it_was_pressed(client):
    client.post(FORM, TYPED, headers=OUTCOME)
    address = reverse("web:draft_discard", args=[DRAFT])
    assert client.post(address, {"next": "/"}).url == "/"
    assert ExposureDraft.objects.count() == 0
    assert client.post(address, {"next": "https://evil.example/"}).url == "/exposures/"
    assert client.get(address).status_code == 405


def test_draft_of_somebody_else_cannot_be_known_read_loaded_or_discarded(client, team):
    client.post(FORM, TYPED, headers=OUTCOME)
    other = Client()
    other.force_login(factories.make_user("colleague", team=team))
    page = other.get(NEW, {"draft": DRAFT})
    assert "A shop." not in page.text
    assert page.context["draft"].id != DRAFT
    assert other.post(reverse("web:draft_load", args=[DRAFT])).status_code == 404
    assert other.get(reverse("web:draft_state"), {"draft": DRAFT}).status_code == 204
    other.post(reverse("web:draft_discard", args=[DRAFT]))
    other.post(FORM, TYPED | {"reason": "Mine."}, headers=OUTCOME)
    assert ExposureDraft.objects.get(pk=DRAFT).values["reason"] == "A shop."
    assert ExposureDraft.objects.exclude(pk=DRAFT).get().owner.username == "colleague"


def test_two_windows_are_told_of_each_other(client):
    client.post(FORM, TYPED, headers=OUTCOME)
    client.post(FORM, TYPED | {"prefix": "here", "seen": "1"}, headers=OUTCOME)
    there = TYPED | {"token": "form_there", "seen": "1"}
    quiet = client.get(reverse("web:draft_state"), {"draft": DRAFT, "token": "form_there", "seen": "1"})
    assert "changed in another window" in quiet.text
    told = client.post(FORM, there | {"prefix": "there"}, headers=OUTCOME)
    assert "changed in another window" in told.text
    assert kept()["prefix"] == "there"
    loaded = client.post(reverse("web:draft_load", args=[DRAFT]), {"token": "form_there"})
    assert loaded.url == f"{NEW}?draft={DRAFT}"
    assert kept()["prefix"] == "here"


def test_keeping_mine_settles_it(client):
    client.post(FORM, TYPED, headers=OUTCOME)
    there = TYPED | {"token": "form_there", "seen": "0", "prefix": "there"}
    assert "changed in another window" in client.post(FORM, there, headers=OUTCOME).text
    settled = client.post(FORM, there | {"action": "keep"}, headers=STATE)
    assert "changed in another window" not in settled.text
    assert ExposureDraft.objects.get().replaced == {}


def test_what_is_too_much_is_said_and_hinders_nothing(client):
    response = client.post(FORM, TYPED | {"option_allow_networks": "1" * MAX_BYTES}, headers=OUTCOME)
    assert response.context["draft"].problem == "This is too much to be kept as a draft."
    assert "This is too much to be kept as a draft." in response.text
    assert ExposureDraft.objects.count() == 0
    looked = client.post(FORM, TYPED | {"action": "look"}, headers=OUTCOME)
    assert 'id="draft-state"' not in looked.text


def test_change_of_an_exposure_is_kept_and_offered_again(client, cluster, team, developer):
    exposure = factories.make_exposure(cluster, team, created_by=developer)
    exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure)
    exposure.save()
    address = reverse("web:exposure_edit", args=[exposure.pk])
    client.post(FORM, TYPED | {"exposure": exposure.pk, "path_0": "/new"}, headers=OUTCOME)
    page = client.get(address)
    assert page.context["offer"].draft.paths[0].path == "/"
    assert page.context["begun"] == f"{address}?draft={DRAFT}"
    assert client.get(NEW, {"draft": DRAFT}).url == f"{address}?draft={DRAFT}"
    going_on = client.get(address, {"draft": DRAFT})
    assert going_on.context["offer"].draft.paths[0].path == "/new"
    assert going_on.context["begun"] == ""
    assert f"Change of {exposure.host}" in client.get("/").text
    assert client.post(address, TYPED | {"action": "send", "path_0": "/new"}).status_code == 302
    assert (ChangeRequest.objects.count(), ExposureDraft.objects.count()) == (1, 0)


def test_upload_is_left_for_and_comes_back_with_the_certificate_chosen(client, cluster):
    away = client.post(NEW, TYPED | {"action": "upload", "scheme": "https"})
    assert away.url == f"/certificates/upload/?place=dev-1%2Fweb&draft={DRAFT}"
    page = client.get(away.url)
    assert page.context["form"]["place"].value() == "dev-1/web"
    assert page.context["form"]["draft"].value() == DRAFT
    assert kept()["scheme"] == "https"


def test_copy_of_an_exposure_of_another_team_is_not_made(client, cluster):
    other = factories.make_exposure(cluster, factories.make_team("pay"), namespace="pay", host="pay.dev.example.net")
    factories.make_revision(other)
    assert client.get(reverse("web:exposure_copy", args=[other.pk])).status_code == 404
    assert client.get(NEW, {"copy": other.pk}).status_code == 404


@pytest.mark.parametrize("seen", ["", "-1", "1e9", "９", "99999999999"])
def test_page_that_counts_wrongly_is_answered_all_the_same(client, seen):
    assert client.post(FORM, TYPED | {"seen": seen}, headers=OUTCOME).status_code == 200
