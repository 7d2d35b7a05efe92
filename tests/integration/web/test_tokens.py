"""The own tokens: the plain text is shown on one page and never again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiToken, User
from apps.accounts.services.tokens import authenticate_token
from tests import factories

pytestmark = pytest.mark.django_db
NEW = {"name": "ci", "scopes": ["exposures:read", "exposures:write"], "expires_in_days": "30"}


@pytest.fixture
def owner(client: Client) -> User:
    user = factories.make_user("ada")
    client.force_login(user)
    return user


def test_token_create_shows_the_plain_text_once(client, owner):
    response = client.post(reverse("web:token_create"), NEW | {"allowed_networks": "10.0.0.0/8\n127.0.0.0/8"})
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    plaintext = response.context["plaintext"]
    assert response.text.count(plaintext) == 2
    assert "curl -H &quot;Authorization: Bearer " + plaintext in response.text
    token = authenticate_token(plaintext, "127.0.0.1")
    assert token is not None
    assert (token.user, token.allowed_networks) == (owner, ["10.0.0.0/8", "127.0.0.0/8"])
    assert plaintext not in client.get(reverse("web:token_list")).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"expires_in_days": "366"}, "expires_in_days"),
        ({"expires_in_days": "soon"}, "expires_in_days"),
        ({"allowed_networks": "10.0.0.1/8"}, "allowed_networks"),
    ],
)
def test_token_create_refuses_beside_the_field(client, owner, change, field):
    response = client.post(reverse("web:token_create"), NEW | change)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_token_create_keeps_what_was_typed(client, owner):
    page = client.post(reverse("web:token_create"), NEW | {"allowed_networks": "intranet"}).text
    assert 'value="ci"' in page
    assert "intranet</textarea>" in page
    assert page.count(" checked") == 2


def test_token_list_shows_own_tokens_and_their_state(client, owner):
    factories.make_token(owner, name="fresh")
    factories.make_token(owner, name="stale", expires_in=timedelta(days=-1))
    factories.make_token(factories.make_user(), name="foreign")
    response = client.get(reverse("web:token_list"))
    assert [token.name for token in response.context["page"].object_list] == ["stale", "fresh"]
    assert "Expired" in response.text


def test_token_list_without_tokens_says_what_they_are_for(client, owner):
    assert "A token lets a script act for you" in client.get(reverse("web:token_list")).text


def test_token_list_is_paged(client, owner):
    for number in range(26):
        factories.make_token(owner, name=f"t{number}")
    assert len(client.get(reverse("web:token_list")).context["page"].object_list) == 25
    assert len(client.get(reverse("web:token_list"), {"page": "2"}).context["page"].object_list) == 1


def test_token_revoke_asks_then_revokes(client, owner):
    token, plaintext = factories.make_token(owner, name="ci")
    url = reverse("web:token_revoke", args=[token.public_id])
    assert "Revoke token ci?" in client.get(url).text
    assert client.post(url).url == reverse("web:token_list")
    assert authenticate_token(plaintext, "127.0.0.1") is None


def test_token_of_someone_else_does_not_exist(client, owner):
    token, _plaintext = factories.make_token(factories.make_user())
    url = reverse("web:token_revoke", args=[token.public_id])
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    assert ApiToken.objects.filter(pk=token.pk).exists()
