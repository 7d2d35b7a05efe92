"""Users: what creating, changing and deactivating refuses and records."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.services.people import (
    create_user,
    record_company_account,
    save_preferences,
    set_own_password,
    set_user_active,
    update_user,
)
from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, InvalidInput, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture
def admin() -> User:
    return factories.make_platform_admin("platform")


def refused_fields(caught: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in caught.value.errors]


def test_create_user_stores_and_records(admin):
    user = create_user(by=admin, username=" ada ", password=PASSWORD, email="ada@example.com", is_auditor=True)
    user.refresh_from_db()
    assert (user.username, user.email, user.is_auditor, user.is_active) == ("ada", "ada@example.com", True, True)
    assert user.check_password(PASSWORD)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.object_type, event.object_name) == (
        "user.created",
        "platform",
        "user",
        "ada",
    )
    assert event.before is None
    assert event.after == {
        "username": "ada",
        "is_active": True,
        "email": "ada@example.com",
        "first_name": "",
        "last_name": "",
        "is_platform_admin": False,
        "is_auditor": True,
    }


def test_create_user_by_someone_else_is_not_permitted():
    with pytest.raises(NotPermitted):
        create_user(by=factories.make_auditor(), username="ada", password=PASSWORD)


@pytest.mark.parametrize("username", ["", "a b", "a/b", "system:delivery", "x" * 151, "a\nb", "..", "@ada"])
def test_create_user_with_a_bad_name_is_invalid(admin, username):
    with pytest.raises(InvalidInput) as caught:
        create_user(by=admin, username=username, password=PASSWORD)
    assert {field for field, _code in refused_fields(caught)} == {"username"}


@pytest.mark.parametrize(
    ("password", "code"),
    [("short-one", "password_too_short"), ("password123", "password_too_common"), ("", "password_too_short")],
)
def test_create_user_with_a_weak_password_is_invalid(admin, password, code):
    with pytest.raises(InvalidInput) as caught:
        create_user(by=admin, username="ada", password=password)
    assert refused_fields(caught) == [("password", code)]


def test_create_user_with_a_bad_address_is_invalid(admin):
    with pytest.raises(InvalidInput) as caught:
        create_user(by=admin, username="ada", password=PASSWORD, email="ada@")
    assert refused_fields(caught) == [("email", "invalid")]


@pytest.mark.parametrize("username", ["platform", "Platform"])
def test_create_user_with_a_taken_name_is_a_conflict(admin, username):
    with pytest.raises(Conflict) as caught:
        create_user(by=admin, username=username, password=PASSWORD)
    assert caught.value.code == "username_taken"
    assert AuditEvent.objects.count() == 0


def test_create_user_with_both_roles_is_invalid(admin):
    with pytest.raises(InvalidInput) as caught:
        create_user(by=admin, username="ada", password=PASSWORD, is_platform_admin=True, is_auditor=True)
    assert refused_fields(caught) == [("is_auditor", "roles_exclude_each_other")]


def test_update_user_records_before_and_after(admin):
    user = factories.make_user("ada")
    update_user(by=admin, user=user, first_name="Ada ", is_auditor=True)
    user.refresh_from_db()
    assert (user.first_name, user.is_auditor) == ("Ada", True)
    event = AuditEvent.objects.get()
    assert event.verb == "user.updated"
    before, after = event.before or {}, event.after or {}
    assert (before["first_name"], after["first_name"]) == ("", "Ada")
    assert (before["is_auditor"], after["is_auditor"]) == (False, True)


def test_update_user_sets_a_password_and_never_records_it(admin):
    user = factories.make_user("ada")
    update_user(by=admin, user=user, password="another-long-word")
    user.refresh_from_db()
    assert user.check_password("another-long-word")
    event = AuditEvent.objects.get()
    assert (event.after or {})["password"] == "changed"
    assert "another-long-word" not in str(event.after)
    assert user.password not in str(event.after)


@pytest.mark.parametrize(("field", "code"), [("username", "immutable"), ("is_superuser", "unknown_field")])
def test_update_user_refuses_other_fields(admin, field, code):
    with pytest.raises(InvalidInput) as caught:
        update_user(by=admin, user=admin, **{field: "x"})
    assert refused_fields(caught) == [(field, code)]


def test_update_user_keeps_the_last_platform_admin(admin):
    factories.make_platform_admin("gone", is_active=False)
    with pytest.raises(Conflict) as caught:
        update_user(by=admin, user=admin, is_platform_admin=False)
    assert caught.value.code == "last_platform_admin"
    admin.refresh_from_db()
    assert admin.is_platform_admin


def test_update_user_lets_one_of_two_platform_admins_go(admin):
    factories.make_platform_admin("second")
    update_user(by=admin, user=admin, is_platform_admin=False)
    admin.refresh_from_db()
    assert not admin.is_platform_admin


def test_set_user_active_deactivates_and_records(admin):
    user = factories.make_user("ada")
    set_user_active(by=admin, user=user, active=False)
    user.refresh_from_db()
    assert not user.is_active
    event = AuditEvent.objects.get()
    before, after = event.before or {}, event.after or {}
    assert (event.verb, before["is_active"], after["is_active"]) == ("user.deactivated", True, False)


def test_set_user_active_twice_records_once(admin):
    user = factories.make_user("ada", is_active=False)
    set_user_active(by=admin, user=user, active=True)
    set_user_active(by=admin, user=user, active=True)
    assert [event.verb for event in AuditEvent.objects.all()] == ["user.activated"]


def test_set_user_active_keeps_the_last_platform_admin(admin):
    with pytest.raises(Conflict) as caught:
        set_user_active(by=admin, user=admin, active=False)
    assert caught.value.code == "last_platform_admin"


def test_set_user_active_by_a_developer_is_not_permitted(admin):
    with pytest.raises(NotPermitted):
        set_user_active(by=factories.make_user(), user=admin, active=False)


def test_set_own_password_records_that_it_changed():
    user = factories.make_user("ada")
    set_own_password(by=user, password="another-long-word")
    user.refresh_from_db()
    assert user.check_password("another-long-word")
    assert AuditEvent.objects.get().verb == "user.password_changed"


def test_save_preferences_changes_what_is_given():
    user = factories.make_user("ada", time_zone="Europe/Berlin")
    save_preferences(by=user, language="zh-hans", theme="dark", shortcuts=False)
    user.refresh_from_db()
    assert (user.language, user.theme, user.time_zone, user.shortcuts) == ("zh-hans", "dark", "Europe/Berlin", False)
    event = AuditEvent.objects.get()
    untouched = {"time_zone": "Europe/Berlin", "density": "comfortable", "clusters_view": "cards"}
    assert event.before == {"language": "", "theme": "system", "shortcuts": True} | untouched
    assert event.after == {"language": "zh-hans", "theme": "dark", "shortcuts": False} | untouched


def test_save_preferences_without_a_change_records_nothing():
    save_preferences(by=factories.make_user(), language="", theme="system", time_zone="")
    assert AuditEvent.objects.count() == 0


def test_save_preferences_refuses_what_is_not_offered():
    with pytest.raises(InvalidInput) as caught:
        save_preferences(by=factories.make_user(), language="tlh", theme="pink", time_zone="Mars/Base")
    assert refused_fields(caught) == [
        ("language", "not_offered"),
        ("theme", "not_offered"),
        ("time_zone", "not_offered"),
    ]


def test_record_company_account_names_the_provider_as_actor():
    record_company_account(user=factories.make_user("ada"))
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.object_name) == ("user.created", "system:company-sign-in", "ada")
