"""Users: created, changed and deactivated by platform admins, never deleted.

There is always at least one active platform admin: the locks below make that hold for two admins who demote each other.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.enums import Density, ListView, Theme
from apps.accounts.models import User
from apps.accounts.permissions import check, may_manage_people
from apps.accounts.services.cleaning import clean_or_refuse, invalid, refuse_unknown, violations_of
from apps.audit.services import record
from apps.common.actors import Actor, SystemActor
from apps.common.errors import Conflict, Violation

CHANGEABLE = ("email", "first_name", "last_name", "is_platform_admin", "is_auditor")
COMPANY_SIGN_IN = SystemActor("system:company-sign-in")
PREFERENCES = ("language", "theme", "density", "clusters_view", "time_zone", "shortcuts")


def create_user(
    *,
    by: Actor,
    username: str,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    password: str,
    is_platform_admin: bool = False,
    is_auditor: bool = False,
) -> User:
    """A new active user without any team. The user name never changes afterwards."""
    check(may_manage_people(by))
    user = User(
        username=User.normalize_username(username.strip()),
        email=email.strip(),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        is_platform_admin=is_platform_admin,
        is_auditor=is_auditor,
    )
    _set_password(user, password)
    _check_fields(user)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=user.username).exists():
                raise _name_taken(user.username)
            user.save(force_insert=True)
            _record("user.created", by=by, user=user, after=snapshot(user))
    except IntegrityError as error:
        raise _name_taken(user.username) from error
    return user


def update_user(*, by: Actor, user: User, **changes: Any) -> User:
    """Change names, email and roles; `password` sets a new one, which signs the person out everywhere."""
    check(may_manage_people(by))
    refuse_unknown(changes, changeable=[*CHANGEABLE, "password"], immutable=["username"])
    with transaction.atomic():
        locked = _lock(user)
        before = snapshot(locked)
        password = changes.pop("password", "")
        for field, value in changes.items():
            setattr(locked, field, value.strip() if isinstance(value, str) else value)
        if password:
            _set_password(locked, password)
        _check_fields(locked)
        _keep_one_admin(locked, before)
        locked.save()
        after = snapshot(locked) | ({"password": "changed"} if password else {})
        _record("user.updated", by=by, user=locked, before=before, after=after)
    return locked


def set_user_active(*, by: Actor, user: User, active: bool) -> User:
    """Deactivating ends all sessions and tokens at once; decisions and audit rows stay."""
    check(may_manage_people(by))
    with transaction.atomic():
        locked = _lock(user)
        if locked.is_active == active:
            return locked
        before = snapshot(locked)
        locked.is_active = active
        _keep_one_admin(locked, before)
        locked.save(update_fields=["is_active"])
        verb = "user.activated" if active else "user.deactivated"
        _record(verb, by=by, user=locked, before=before, after=snapshot(locked))
    return locked


def record_company_account(*, user: User) -> None:
    """Note the account that the identity provider's first sign-in made, inside the transaction that made it."""
    _record("user.created", by=COMPANY_SIGN_IN, user=user, after=snapshot(user))


def set_own_password(*, by: User, password: str) -> User:
    """The caller has asked for the old password and validated the new one."""
    with transaction.atomic():
        locked = _lock(by)
        locked.set_password(password)
        locked.save(update_fields=["password"])
        by.password = locked.password
        _record("user.password_changed", by=by, user=locked, after={"password": "changed"})
    return locked


def save_preferences(
    *,
    by: User,
    language: str | None = None,
    theme: str | None = None,
    density: str | None = None,
    clusters_view: str | None = None,
    time_zone: str | None = None,
    shortcuts: bool | None = None,
) -> User:
    """The person's own settings. None leaves one as it is, an empty text follows the browser."""
    looks = {"language": language, "theme": theme, "density": density, "clusters_view": clusters_view}
    given = {**looks, "time_zone": time_zone, "shortcuts": shortcuts}
    wanted = {field: value for field, value in given.items() if value is not None}
    _check_preferences(wanted)
    with transaction.atomic():
        locked = _lock(by)
        before = {field: getattr(locked, field) for field in PREFERENCES}
        if before | wanted == before:
            return locked
        for field, value in wanted.items():
            setattr(locked, field, value)
        locked.save(update_fields=list(wanted))
        _record("user.preferences_saved", by=by, user=locked, before=before, after=before | wanted)
    return locked


def snapshot(user: User) -> dict[str, Any]:
    """What the audit trail keeps of a user; never the password, not even hashed."""
    return {"username": user.username, "is_active": user.is_active} | {f: getattr(user, f) for f in CHANGEABLE}


def _lock(user: User) -> User:
    # All admins are locked, not only this one: two who demote each other at the same time must meet here.
    list(User.objects.select_for_update().filter(is_platform_admin=True).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def _keep_one_admin(user: User, before: dict[str, Any]) -> None:
    was_admin = before["is_platform_admin"] and before["is_active"]
    stays_admin = user.is_platform_admin and user.is_active
    if not was_admin or stays_admin:
        return
    if not User.objects.filter(is_platform_admin=True, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict(
            _("%(user)s is the last platform admin. Make someone else platform admin first.") % {"user": user.username},
            code="last_platform_admin",
        )


def _check_fields(user: User) -> None:
    clean_or_refuse(user)
    if not user.username[0].isalnum():
        # A name is part of addresses; one of dots alone would lead elsewhere.
        raise invalid([Violation("invalid", "username", _("Start the user name with a letter or a digit."))])
    if user.is_platform_admin and user.is_auditor:
        raise invalid(
            [
                Violation(
                    "roles_exclude_each_other",
                    "is_auditor",
                    _("An auditor changes nothing: choose one of the two roles."),
                )
            ]
        )


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid(violations_of(error, "password")) from error
    user.set_password(password)


def _check_preferences(wanted: dict[str, str | bool]) -> None:
    offered: dict[str, Collection[str | bool]] = {
        "language": {"", *(code for code, _name in settings.LANGUAGES)},
        "theme": set(Theme.values),
        "density": set(Density.values),
        "clusters_view": set(ListView.values),
        "time_zone": {"", *zoneinfo.available_timezones()},
        "shortcuts": {True, False},
    }
    errors = [
        Violation("not_offered", field, _("Choose one of the offered values."))
        for field, value in wanted.items()
        if value not in offered[field]
    ]
    if errors:
        raise invalid(errors)


def _name_taken(username: str) -> Conflict:
    return Conflict(_("The user name %(name)s is taken.") % {"name": username}, code="username_taken")


def _record(verb: str, *, by: Actor, user: User, before: dict[str, Any] | None = None, after: dict[str, Any]) -> None:
    record(
        verb, by=by, object_type="user", object_id=str(user.pk), object_name=user.username, before=before, after=after
    )
