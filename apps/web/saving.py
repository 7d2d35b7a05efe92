"""From a form to a service: the one way in which pages send what people typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms

from apps.accounts.models import User
from apps.accounts.selectors import get_user
from apps.common.errors import Conflict, InvalidInput, NotFound, PolicyViolation, Violation
from apps.web.errors import add_errors

Result = TypeVar("Result")


def save_form(form: forms.Form, service: Callable[..., Result], **fixed: object) -> Result | None:
    """Call the service with the form's values; None when form or service refused, the reasons are in the form then."""
    if not form.is_valid():
        return None
    try:
        return service(**fixed, **form.cleaned_data)
    except (InvalidInput, PolicyViolation, Conflict) as error:
        add_errors(form, error)
    return None


def named_user(username: str) -> User:
    """Whom the field `username` of a form names; nobody is an error of that field, not a page that is missing."""
    try:
        return get_user(username)
    except NotFound as error:
        raise InvalidInput(errors=[Violation(error.code, "username", error.message)]) from error
