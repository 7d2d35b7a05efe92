"""A session that ends while somebody fills in the form costs a sign-in and nothing that was typed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.people import make_user

TYPED = {"cluster": "dev-1", "namespace": "web", "reason": "For the winter campaign", "action": "send"}


@pytest.mark.django_db
def test_typed_values_come_back_after_the_sign_in() -> None:
    client = Client()
    answer = client.post(reverse("web:exposure_new"), TYPED)

    assert answer.status_code == 302
    back = urlsplit(parse_qs(urlsplit(answer["Location"]).query)["next"][0])
    assert back.path == reverse("web:exposure_new")
    kept = {name: value for name, value in TYPED.items() if name != "action"}
    assert {name: values[0] for name, values in parse_qs(back.query).items()} == kept

    user = make_user("ann")
    user.set_password("a long pass phrase")
    user.save()
    signed_in = client.post(answer["Location"], {"login": "ann", "password": "a long pass phrase"})
    assert "For the winter campaign" in client.get(signed_in["Location"]).text


@pytest.mark.django_db
def test_more_than_an_address_can_carry_comes_back_once_in_the_same_browser() -> None:
    client = Client()
    answer = client.post(reverse("web:exposure_new"), TYPED | {"reason": "x" * 7000})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [reverse("web:exposure_new")]

    user = make_user("ann")
    user.set_password("a long pass phrase")
    user.save()
    client.post(answer["Location"], {"login": "ann", "password": "a long pass phrase"})
    assert "x" * 7000 in client.get(reverse("web:exposure_new")).text
    assert "xxx" not in client.get(reverse("web:exposure_new")).text
    assert "xxx" not in Client().get(reverse("web:exposure_new"), follow=True).text


@pytest.mark.django_db
def test_more_than_a_session_should_carry_leads_back_to_the_empty_form() -> None:
    client = Client()
    answer = client.post(reverse("web:exposure_new"), TYPED | {"reason": "x" * 300_000})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [reverse("web:exposure_new")]
    assert "sessionid" not in client.cookies
