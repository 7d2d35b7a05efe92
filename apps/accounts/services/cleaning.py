"""Turns Django's validation errors into ours: forms and the API show the same sentence beside the same field."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from apps.common.errors import InvalidInput, Violation


def clean_or_refuse(row: models.Model) -> None:
    """Check the row's fields. Uniqueness is for the caller: it is a conflict, not bad input."""
    try:
        row.clean_fields()
    except ValidationError as error:
        raise invalid(violations_of(error)) from error


def violations_of(error: ValidationError, field: str = "") -> list[Violation]:
    """The single violations of a Django error; `field` is for errors that name none."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
    return [
        Violation(single.code or "invalid", name, message)
        for name, errors in by_field.items()
        for single in errors
        for message in single.messages
    ]


def invalid(errors: list[Violation]) -> InvalidInput:
    return InvalidInput(_("Some of the input is not valid."), errors=errors)


def refuse_unknown(changes: Iterable[str], *, changeable: Iterable[str], immutable: Iterable[str] = ()) -> None:
    """Only fields that can be changed may be named."""
    errors = []
    for field in sorted(set(changes) - set(changeable)):
        if field in immutable:
            errors.append(Violation("immutable", field, _("This can not be changed once it is set.")))
        else:
            errors.append(Violation("unknown_field", field, _("There is no such field.")))
    if errors:
        raise invalid(errors)
