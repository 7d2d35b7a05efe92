"""A host that teams share, on the pages of both: who granted what, and taking it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.exposures.models import Exposure, HostShare
from tests.factories.exposures import make_exposure
from tests.factories.people import make_team
from tests.unit.approvals.sharing import Sharing, make_sharing
from tests.unit.approvals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def sharing() -> Sharing:
    return make_sharing(make_world())


@pytest.fixture
def guest(sharing: Sharing) -> Exposure:
    return sharing.granted()


def page(client: Client, user: User, exposure: Exposure) -> Any:
    client.force_login(user)
    return client.get(reverse("web:exposure_detail", args=[exposure.pk]))


def withdraw_address(guest: Exposure) -> str:
    return reverse("web:consent_withdraw", args=[guest.pk])


def test_guest_reads_who_granted_it_and_on_which_request(client: Client, sharing: Sharing, guest: Exposure) -> None:
    response = page(client, sharing.world.people["stranger"], guest)

    granted = response.context["granted"]
    share = HostShare.objects.get()
    assert (granted.granted_by, granted.share, granted.may_withdraw) == ("developer", share, False)
    for text in ("Host of another team", "team web", reverse("web:request_detail", args=[share.request_id])):
        assert text in response.text
    assert response.context["guests"] == []


def test_owner_reads_its_guests(client: Client, sharing: Sharing, guest: Exposure) -> None:
    response = page(client, sharing.world.people["developer"], sharing.owned)

    assert [(row.share.exposure_id, row.granted_by, row.may_withdraw) for row in response.context["guests"]] == [
        (guest.pk, "developer", True)
    ]
    assert response.context["granted"] is None
    for text in ("Guests on this host", "team pay", withdraw_address(guest)):
        assert text in response.text


@pytest.mark.parametrize("name", ["viewer", "platform", "auditor"])
def test_who_may_only_read_sees_no_way_to_take_it_back(
    client: Client, sharing: Sharing, guest: Exposure, name: str
) -> None:
    person = sharing.world.people[name]
    assert withdraw_address(guest) not in page(client, person, sharing.owned).text
    assert client.get(withdraw_address(guest)).status_code == 403


@pytest.mark.parametrize("name", ["stranger", "approver"])
def test_consent_of_others_does_not_exist(client: Client, sharing: Sharing, guest: Exposure, name: str) -> None:
    client.force_login(sharing.world.people[name])
    assert client.get(withdraw_address(guest)).status_code == 404


def test_owner_takes_it_back_with_a_reason(client: Client, sharing: Sharing, guest: Exposure) -> None:
    client.force_login(sharing.world.people["developer"])
    asked = client.get(withdraw_address(guest))
    assert "What is live goes on answering" in asked.text

    assert client.post(withdraw_address(guest), {"reason": ""}).status_code == 422
    assert HostShare.objects.get().is_withdrawn is False

    sent = client.post(withdraw_address(guest), {"reason": "We move the shop."})
    assert sent["Location"] == reverse("web:exposure_detail", args=[sharing.owned.pk])
    [row] = page(client, sharing.world.people["developer"], sharing.owned).context["guests"]
    assert (row.share.is_withdrawn, row.may_withdraw) == (True, False)
    assert "We move the shop." in page(client, sharing.world.people["stranger"], guest).text


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_page_costs_the_same_for_one_guest_and_for_three(client: Client, sharing: Sharing, guest: Exposure) -> None:
    address = reverse("web:exposure_detail", args=[sharing.owned.pk])
    page(client, sharing.world.people["developer"], sharing.owned)
    alone, share = queries_of(client, address), HostShare.objects.get()
    for name in ("second", "third"):
        team = make_team(name, contact=f"#{name}")
        other = make_exposure(guest.cluster, team, host=guest.host, namespace=name)
        HostShare.objects.create(
            exposure=other, owner=share.owner, paths=share.paths, request_id=share.request_id, granted_at=timezone.now()
        )
    assert (queries_of(client, address), len(client.get(address).context["guests"])) == (alone, 3)
