"""The page of a drift: what differs, who did it, and the three ways on."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.models import ChangeRequest
from apps.delivery.models import Delivery
from apps.delivery.services import read_drift, run_delivery
from apps.exposures.models import Exposure
from tests.integration.sandboxes import ingress, put, remove
from tests.integration.scenes import Scene


@pytest.fixture
def exposure(scene: Scene, client: Client) -> Exposure:
    """Live, changed with kubectl since, and its developer signed in."""
    exposure = scene.publish()
    exposure.refresh_from_db()
    change(scene, exposure)
    client.force_login(scene.developer)
    return exposure


def change(scene: Scene, exposure: Exposure, path: str = "/new") -> None:
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, path, ingressClassName="traefik"))


def address(exposure: Exposure, way: str = "") -> str:
    return reverse(f"web:exposure_drift{way}", args=[exposure.pk])


def test_page_shows_the_difference_its_author_and_the_ways_on(client: Client, exposure: Exposure) -> None:
    response = client.get(address(exposure))
    assert response.context["drift_rows"] == [
        {"label": "spec.rules.0.http.paths.0.path", "before": "/", "after": "/new"}
    ]
    assert [(line.kind, line.text.strip()) for line in response.context["drift_lines"] if line.kind] == [
        ("del", "- path: /"),
        ("add", "- path: /new"),
    ]
    assert [(one.label, one.before, one.after) for one in response.context["adopted_changes"]] == [
        ("Backend of /", "web / shop : http", ""),
        ("Backend of /new", "", "web / shop : http"),
    ]
    for text in ("<b>kubectl</b>", "Take it back", "Ask to adopt it", "Open the form"):
        assert text in response.text


def test_page_of_what_cannot_be_stated_says_why(client: Client, scene: Scene, exposure: Exposure) -> None:
    more = ingress("web", exposure.object_name, exposure.host, ingressClassName="traefik")
    more["spec"]["rules"].append({"host": "more.example.com"})
    put(scene.sandbox, more)
    response = client.get(address(exposure))
    assert "An exposure has exactly one rule" in response.text
    assert 'id="adopt"' not in response.text
    assert response.context["drift_rows"] == []


def test_taking_it_back_applies_what_was_approved(client: Client, exposure: Exposure) -> None:
    seen = client.get(address(exposure)).context["drift"].fingerprint
    response = client.post(address(exposure, "_revert"), {"seen": seen})
    assert response["Location"] == reverse("web:exposure_detail", args=[exposure.pk])
    assert client.get(response["Location"]).context["page"].badges[-1][:2] == ("run", "Applying")
    run_delivery(Delivery.objects.get().pk)
    assert read_drift(exposure=exposure).state == "in_sync"
    assert "took back what was changed" in client.get(reverse("web:exposure_events", args=[exposure.pk])).text


def test_bringing_back_what_was_deleted(client: Client, scene: Scene, exposure: Exposure) -> None:
    remove(scene.sandbox, ingress("web", exposure.object_name, exposure.host))
    response = client.get(address(exposure))
    assert "Bring it back" in response.text
    client.post(address(exposure, "_revert"), {"seen": response.context["drift"].fingerprint})
    run_delivery(Delivery.objects.get().pk)
    assert read_drift(exposure=exposure).state == "in_sync"


def test_what_changed_since_is_shown_before_anything_is_done(client: Client, scene: Scene, exposure: Exposure) -> None:
    seen = client.get(address(exposure)).context["drift"].fingerprint
    change(scene, exposure, "/newer")
    for way in ("_revert", "_adopt"):
        response = client.post(address(exposure, way), {"seen": seen})
        assert response.status_code == 409
        assert "changed again since you looked" in response.text
        assert response.context["drift_rows"][0]["after"] == "/newer"


@pytest.mark.parametrize("way", ["_revert", "_adopt"])
def test_without_what_was_seen_nothing_is_done(client: Client, exposure: Exposure, way: str) -> None:
    assert client.post(address(exposure, way)).status_code == 422
    assert ChangeRequest.objects.count() == 1


def test_adopting_opens_a_request(client: Client, exposure: Exposure) -> None:
    seen = client.get(address(exposure)).context["drift"].fingerprint
    response = client.post(address(exposure, "_adopt"), {"seen": seen, "reason": "It moved."})
    change = ChangeRequest.objects.order_by("-id").first()
    assert change is not None
    assert response["Location"] == reverse("web:request_detail", args=[change.pk])
    assert (change.revision.reason, change.revision.spec["paths"][0]["path"]) == ("It moved.", "/new")


def test_form_opens_with_what_the_cluster_has(client: Client, exposure: Exposure) -> None:
    link = client.get(address(exposure)).context["edit_url"]
    assert parse_qs(urlsplit(link).query)["path_0"] == ["/new"]
    assert 'value="/new"' in client.get(link).text


def test_viewers_see_it_and_read_why_they_may_do_nothing(client: Client, scene: Scene, exposure: Exposure) -> None:
    client.force_login(scene.viewer)
    response = client.get(address(exposure))
    assert "Only developers and maintainers of team web may do this." in response.text
    assert 'id="revert"' not in response.text
    seen = response.context["drift"].fingerprint
    for way in ("_revert", "_adopt"):
        assert client.post(address(exposure, way), {"seen": seen}).status_code == 403


def test_strangers_find_nothing(client: Client, scene: Scene, exposure: Exposure) -> None:
    client.force_login(scene.stranger)
    assert client.get(address(exposure)).status_code == 404
    for way in ("_revert", "_adopt"):
        assert client.post(address(exposure, way), {"seen": "x"}).status_code == 404


def test_fragment_leads_to_the_page(client: Client, exposure: Exposure) -> None:
    answer = client.get(address(exposure), headers={"HX-Request": "true"})
    assert f'href="{address(exposure)}"' in answer.text
    assert "<html" not in answer.text
