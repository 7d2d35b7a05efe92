"""Input that is taken literally: unknown names are refused at every depth, and no value changes its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from apps.common.prose import check_prose

WRONG_TYPE = "wrong_type"
TYPE_MESSAGES = {
    str: gettext_lazy("This must be a text."),
    bool: gettext_lazy("This must be true or false."),
    int: gettext_lazy("This must be a whole number."),
}


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object with exactly the fields that are declared."""

    unknown_code = "unknown_field"

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            message = gettext("This must be an object with named fields.")
            raise ValidationError({"non_field_errors": [ErrorDetail(message, code=WRONG_TYPE)]})
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = [name for name in data if name not in known]
        if unknown:
            raise ValidationError({name: [self._unknown(known)] for name in unknown})
        return super().to_internal_value(data)

    def _unknown(self, known: set[str]) -> ErrorDetail:
        names = ", ".join(sorted(known)) or "–"
        return ErrorDetail(
            gettext("There is no such field. Known are: %(names)s.") % {"names": names}, self.unknown_code
        )


class QuerySerializer(StrictSerializer):
    """The parameters of an address: each at most once, and known."""

    unknown_code = "unknown_parameter"

    @classmethod
    def single_values(cls, parameters: QueryDict) -> dict[str, str]:
        repeated = [name for name, values in parameters.lists() if len(values) > 1]
        if repeated:
            message = gettext("Give this parameter once.")
            raise ValidationError({name: [ErrorDetail(message, "repeated_parameter")] for name in repeated})
        return {name: str(parameters[name]) for name in parameters}


def check_type(value: Any, wanted: type) -> None:
    if type(value) is not wanted:
        raise ValidationError(str(TYPE_MESSAGES[wanted]), code=WRONG_TYPE)


class Text(serializers.CharField):
    """A JSON string, unchanged: not even trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        check_type(data, str)
        return str(super().to_internal_value(data))


class Prose(Text):
    """A text that people write for people."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[check_prose], **kwargs)


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        check_type(data, str)
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        check_type(data, bool)
        return bool(data)


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        check_type(data, int)
        return int(super().to_internal_value(data))


@extend_schema_field({"oneOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]})
class Port(serializers.Field[Any, Any, Any, Any]):
    """A port's name, or its number."""

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, str | int) and not isinstance(data, bool):
            return data
        raise ValidationError(gettext("This must be a port's name or its number."), code=WRONG_TYPE)

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "boolean", "default": False})
class QueryFlag(serializers.ChoiceField):
    """`true` or `false` in an address, and nothing that merely looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], required=False, default=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return bool(super().to_internal_value(data) == "true")


class ListQuery(QuerySerializer):
    """What every list understands."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=10**6)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=10**6, help_text="At most 200 are given."
    )


class SearchQuery(ListQuery):
    search = serializers.CharField(required=False, allow_blank=True, max_length=200)
    ordering = serializers.CharField(
        required=False, max_length=200, help_text="Names of fields, separated by commas; `-` turns the order round."
    )


class Nothing(StrictSerializer):
    """An empty object: the address says all there is to say."""
