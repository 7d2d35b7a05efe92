"""Pages that move exposures to another certificate, retire the old one, and list what is in trouble."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve
from apps.delivery.services import run_delivery, upload_certificate
from apps.exposures.models import Exposure
from apps.inventory.models import Secret
from tests.integration.scenes import AUTHORITY, Scene

HOSTS = ["shop.example.com", "www.shop.example.com"]


@pytest.fixture
def developer(scene: Scene, client: Client) -> Client:
    client.force_login(scene.developer)
    return client


@pytest.fixture
def live(scene: Scene) -> list[Exposure]:
    """Two exposures that serve shop-tls."""
    return [publish(scene, host, "shop-tls") for host in HOSTS]


def publish(scene: Scene, host: str, name: str) -> Exposure:
    request = scene.ask(host, tls=name)
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    request.refresh_from_db()
    run_delivery(request.revision.delivery.pk)
    return Exposure.objects.get(pk=request.exposure_id)


def upload(scene: Scene, name: str = "shop-tls") -> Secret:
    leaf = AUTHORITY.issue(HOSTS)
    pair = {"certificate": leaf.certificate_pem, "private_key": leaf.private_key_pem}
    return upload_certificate(by=scene.developer, cluster=scene.cluster, namespace="web", name=name, **pair)


def address(page: str, secret_name: str) -> str:
    return reverse(f"web:certificate_{page}", args=["dev-1", "web", secret_name])


def test_new_version_offers_to_move_what_uses_the_older_one(developer, scene, live):
    new = upload(scene)
    assert (
        "2 exposures could use this certificate instead of an older one."
        in developer.get(address("detail", new.name)).text
    )
    page = developer.get(address("move", new.name))
    assert page.context["form"].ticked == {exposure.pk for exposure in live}
    assert page.text.count(" checked") == 2

    moved = developer.post(address("move", new.name), {"exposures": [one.pk for one in live], "reason": "Renewed."})
    assert moved.text.count("Open the request") == 2
    assert set(
        ChangeRequest.objects.filter(state="pending").values_list("revision__spec__tls__secret_name", flat=True)
    ) == {new.name}
    again = developer.post(address("move", new.name), {"exposures": [live[0].pk]})
    assert "is open already" in again.text
    assert developer.get(address("move", new.name)).context["form"].ticked == set()


def test_certificate_that_ends_leads_to_its_successor_in_one_click(developer, scene, live):
    new = upload(scene, "other-name")
    day, now = timedelta(days=1), timezone.now()
    Secret.objects.filter(name="shop-tls").update(not_before=now - 80 * day, not_after=now + day)
    page = developer.get(address("detail", "shop-tls"))
    link = f"{address('move', new.name)}?from=shop-tls"
    assert link in page.text
    assert developer.get(link).context["form"].ticked == {exposure.pk for exposure in live}
    assert developer.get(address("move", new.name)).context["form"].ticked == set()


def test_nothing_ticked_and_nothing_to_move_are_said(developer, scene, live):
    new = upload(scene)
    response = developer.post(address("move", new.name), {})
    assert (response.status_code, "Tick at least one exposure." in response.text) == (422, True)
    foreign = developer.post(address("move", new.name), {"exposures": ["exp_nothing"]})
    assert foreign.status_code == 422
    assert "Nothing to move" in developer.get(address("move", "shop-tls")).text


def test_certificate_is_retired_by_typing_its_name(developer, scene):
    secret = upload(scene)
    wrong = developer.post(address("retire", secret.name), {"confirm": "no"})
    assert (wrong.status_code, "This is not the name of the certificate." in wrong.text) == (422, True)
    assert developer.post(address("retire", secret.name), {"confirm": secret.name}).status_code == 302
    assert not Secret.objects.filter(name=secret.name).exists()


def test_used_and_foreign_ones_are_not_offered_for_deletion(developer, scene):
    secret = upload(scene)
    publish(scene, HOSTS[0], secret.name)
    used = developer.get(address("retire", secret.name)).text
    assert ("It is still used." in used, HOSTS[0] in used, "Delete in the cluster" in used) == (True, True, False)
    assert developer.post(address("retire", secret.name), {"confirm": secret.name}).status_code == 422
    foreign = developer.get(address("retire", "shop-tls")).text
    assert "kubectl delete secret shop-tls -n web" in foreign


def test_only_those_who_may_change_exposures_get_the_pages(scene, client):
    client.force_login(scene.viewer)
    for page in ("move", "retire"):
        assert client.get(address(page, "shop-tls")).status_code == 403
        assert client.post(address(page, "shop-tls"), {}).status_code == 403
    client.force_login(scene.stranger)
    assert client.get(address("retire", "shop-tls")).status_code == 404


def test_trouble_shows_on_its_list_the_certificate_and_the_exposure(developer, scene, live):
    url = reverse("web:certificate_troubles")
    assert "No exposure is affected" in developer.get(url).text
    Secret.objects.filter(name="shop-tls").update(subject_names=[HOSTS[1]])
    listed = developer.get(url)
    assert [trouble.exposure.host for trouble in listed.context["page"]] == [HOSTS[0]]
    said = "The certificate in shop-tls was replaced by one that does not cover shop.example.com."
    detail = reverse("web:exposure_detail", args=[live[0].pk])
    assert [said in developer.get(page).text for page in (url, address("detail", "shop-tls"), detail)] == [True] * 3
    Secret.objects.filter(name="shop-tls").delete()
    assert "The certificate shop-tls is gone from the cluster." in developer.get(detail).text
