"""What a user states of an exposure, as JSON of the right shape. Whether it is allowed is for the policies to say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.api.serializers.strict import Flag, Port, Prose, StrictSerializer, Text
from apps.exposures.spec import PATH_TYPES

REASON_LENGTH = 2000


class PathIn(StrictSerializer):
    path = Text(max_length=2000, default="/")
    path_type = Text(max_length=40, default="Prefix", help_text=", ".join(PATH_TYPES))
    service_name = Text(max_length=253)
    service_port = Port()


class TlsIn(StrictSerializer):
    """A Secret of the namespace, or what the cluster's controller serves where none is named."""

    secret_name = Text(required=False, max_length=253)
    default_certificate = Flag(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "secret_name" not in attrs and not attrs.get("default_certificate"):
            message = str(self.fields["secret_name"].error_messages["required"])
            raise serializers.ValidationError({"secret_name": [ErrorDetail(message, code="required")]})
        return attrs


class SpecIn(StrictSerializer):
    """The spec without its place: what `PUT …/exposures/{host}/` takes."""

    paths = serializers.ListField(child=PathIn(), max_length=200)
    tls = TlsIn(allow_null=True, default=None)
    options = serializers.DictField(default=dict)
    ingress_class_name = Text(allow_null=True, max_length=253, default=None)
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")


class AskingIn(SpecIn):
    ask_owner = Flag(default=False, help_text="Where the host is another team’s, ask that team for these paths.")


class ExposureIn(AskingIn):
    cluster = Text(max_length=63)
    namespace = Text(max_length=63)
    host = Text(max_length=1000)


class ExposureUpdateIn(SpecIn):
    """The place may be repeated, but never changes."""

    cluster = Text(required=False, max_length=63)
    namespace = Text(required=False, max_length=63)
    host = Text(required=False, max_length=1000)


class DeleteIn(StrictSerializer):
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")


class ResubmitIn(StrictSerializer):
    """What is left out stays as it was in the last round."""

    paths = serializers.ListField(child=PathIn(), required=False, max_length=200)
    tls = TlsIn(allow_null=True, required=False)
    options = serializers.DictField(required=False)
    ingress_class_name = Text(allow_null=True, required=False, max_length=253)
    reason = Prose(allow_blank=True, max_length=REASON_LENGTH, default="")
