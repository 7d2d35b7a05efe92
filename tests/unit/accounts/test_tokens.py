"""Tokens: what creating refuses, when one is dead, and that its plain text is kept nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import serializers
from django.utils import timezone

from apps.accounts.enums import Scope
from apps.accounts.models import ApiToken, User
from apps.accounts.services.people import set_user_active
from apps.accounts.services.tokens import (
    authenticate_token,
    create_token,
    is_allowed_from,
    revoke_token,
    touch_token,
)
from apps.audit.models import AuditEvent
from apps.common.errors import InvalidInput, NotFound, NotPermitted
from apps.common.request_context import request_context
from tests import factories

pytestmark = pytest.mark.django_db
LOCAL = "127.0.0.1"


@pytest.fixture
def owner() -> User:
    return factories.make_user("ada")


def test_create_token_answers_with_a_plain_text_that_works(owner):
    token, plaintext = create_token(by=owner, name=" ci ", scopes=["exposures:read"])
    assert plaintext.startswith("ptc_")
    assert len(plaintext) == len("ptc_") + 64
    assert token.public_id.startswith("tok_")
    assert token.name == "ci"
    assert abs(token.expiry - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert authenticate_token(plaintext, LOCAL) == token


def test_create_token_keeps_the_plain_text_nowhere(owner):
    _token, plaintext = create_token(by=owner, name="ci", scopes=list(Scope.values), allowed_networks=["10.0.0.0/8"])
    event = AuditEvent.objects.get()
    assert event.verb == "token.created"
    after = event.after or {}
    assert (after["scopes"], after["allowed_networks"]) == (Scope.values, ["10.0.0.0/8"])
    stored = serializers.serialize("json", [*ApiToken.objects.all(), event])
    assert plaintext[20:] not in stored


def test_create_token_orders_scopes_and_drops_repeats(owner):
    token, _plaintext = create_token(by=owner, name="ci", scopes=["exposures:write", "clusters:read", "clusters:read"])
    assert token.scopes == ["clusters:read", "exposures:write"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x" * 101}, "name", "name_invalid"),
        ({"name": "a\x00b"}, "name", "name_invalid"),
        ({"name": "a\nb"}, "name", "name_invalid"),
        ({"scopes": []}, "scopes", "required"),
        ({"scopes": ["exposures:read", "root"]}, "scopes", "unknown_scope"),
        ({"expires_in_days": 0}, "expires_in_days", "out_of_range"),
        ({"expires_in_days": 366}, "expires_in_days", "out_of_range"),
        ({"allowed_networks": ["10.0.0.0/8", "intranet"]}, "allowed_networks.1", "network_invalid"),
        ({"allowed_networks": ["10.0.0.1/8"]}, "allowed_networks.0", "network_invalid"),
        ({"allowed_networks": [f"10.0.0.{n}" for n in range(21)]}, "allowed_networks", "too_many"),
    ],
)
def test_create_token_refuses(owner, change, field, code):
    arguments = {"name": "ci", "scopes": ["exposures:read"]} | change
    with pytest.raises(InvalidInput) as caught:
        create_token(by=owner, **arguments)
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]
    assert not ApiToken.objects.exists()


def test_create_token_names_every_problem_at_once(owner):
    with pytest.raises(InvalidInput) as caught:
        create_token(by=owner, name="", scopes=[], expires_in_days=0, allowed_networks=["x"])
    fields = [error.field for error in caught.value.errors]
    assert fields == ["name", "scopes", "expires_in_days", "allowed_networks.0"]


@pytest.mark.parametrize("days", [1, 365])
def test_create_token_accepts_the_bounds(owner, days):
    token, _plaintext = create_token(by=owner, name="ci", scopes=["exposures:read"], expires_in_days=days)
    assert abs(token.expiry - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_create_token_by_a_deactivated_user_is_not_permitted(owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(NotPermitted):
        create_token(by=owner, name="ci", scopes=["exposures:read"])


def test_create_token_through_a_token_stays_within_it(owner):
    caller, _plaintext = factories.make_token(
        owner, scopes=["exposures:read", "tokens:write"], allowed_networks=["10.0.0.0/8"]
    )
    with request_context(token_id=caller.public_id):
        with pytest.raises(NotPermitted) as wider_scope:
            create_token(by=owner, name="x", scopes=["exposures:write"], allowed_networks=["10.0.0.0/8"])
        with pytest.raises(NotPermitted) as wider_network:
            create_token(by=owner, name="x", scopes=["exposures:read"])
        with pytest.raises(NotPermitted):
            create_token(by=owner, name="x", scopes=["exposures:read"], allowed_networks=["2001:db8::/32"])
        token, _plaintext = create_token(
            by=owner, name="x", scopes=["exposures:read"], allowed_networks=["10.1.0.0/16"]
        )
    assert (wider_scope.value.code, wider_network.value.code) == ("scope_not_held", "network_not_held")
    assert token.allowed_networks == ["10.1.0.0/16"]


def test_create_token_through_a_token_that_was_just_revoked_is_not_permitted(owner):
    with request_context(token_id="tok_gone"), pytest.raises(NotPermitted):
        create_token(by=owner, name="x", scopes=["exposures:read"])


def test_revoke_token_kills_it_and_records(owner):
    token, plaintext = factories.make_token(owner, name="ci")
    revoke_token(by=owner, token=token)
    assert authenticate_token(plaintext, LOCAL) is None
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.object_name) == ("token.revoked", token.public_id, "ci")


def test_revoke_token_twice_is_not_found(owner):
    token, _plaintext = factories.make_token(owner)
    stale = ApiToken.objects.get(pk=token.pk)
    revoke_token(by=owner, token=token)
    with pytest.raises(NotFound):
        revoke_token(by=owner, token=stale)


def test_revoke_token_of_someone_else_needs_a_platform_admin(owner):
    token, _plaintext = factories.make_token(owner)
    with pytest.raises(NotPermitted):
        revoke_token(by=factories.make_auditor(), token=token)
    revoke_token(by=factories.make_platform_admin(), token=token)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("plaintext", ["", "ptc_", "ptc_" + "0" * 64, "ünïcode", "x" * 10_000])
def test_authenticate_token_without_a_match_is_none(owner, plaintext):
    factories.make_token(owner)
    assert authenticate_token(plaintext, LOCAL) is None


def test_authenticate_token_after_expiry_is_none(owner):
    _token, plaintext = factories.make_token(owner, expires_in=timedelta(seconds=-1))
    assert authenticate_token(plaintext, LOCAL) is None


def test_authenticate_token_of_a_deactivated_user_is_none(owner):
    _token, plaintext = factories.make_token(owner)
    set_user_active(by=factories.make_platform_admin(), user=owner, active=False)
    assert authenticate_token(plaintext, LOCAL) is None


def test_authenticate_token_from_elsewhere_says_so(owner):
    _token, plaintext = factories.make_token(owner, allowed_networks=["10.0.0.0/8"])
    with pytest.raises(NotPermitted) as caught:
        authenticate_token(plaintext, "192.0.2.1")
    assert caught.value.code == "network_not_allowed"


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "192.0.2.1", True),
        ([], "", True),
        (["10.0.0.0/8"], "10.1.2.3", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", True),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "2001:db8::1", False),
        (["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
    ],
)
def test_is_allowed_from(networks, address, allowed):
    assert is_allowed_from(ApiToken(allowed_networks=networks), address) is allowed


def test_touch_token_notes_the_use_once_a_minute(owner, django_assert_num_queries):
    token, _plaintext = factories.make_token(owner)
    touch_token(token, "10.0.0.1")
    token.refresh_from_db()
    with django_assert_num_queries(0):
        touch_token(token, "10.0.0.2")
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)
    assert token.last_used_from == "10.0.0.1"


def test_touch_token_notes_a_later_use(owner):
    token, _plaintext = factories.make_token(owner, last_used_at=timezone.now() - timedelta(minutes=2))
    touch_token(token, "10.0.0.4")
    token.refresh_from_db()
    assert token.last_used_from == "10.0.0.4"


def test_touch_token_leaves_it_to_whoever_was_quicker(owner):
    token, _plaintext = factories.make_token(owner)
    touch_token(ApiToken.objects.get(pk=token.pk), "10.0.0.1")
    touch_token(token, "10.0.0.2")
    token.refresh_from_db()
    assert token.last_used_from == "10.0.0.1"
