"""What clusters serve by default, and the authorities of the platform's own. Public parts only; never a key."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.serializers.strict import StrictSerializer, Text

PEM_LENGTH = 100_000


class PrivateRootIn(StrictSerializer):
    name = Text(max_length=100)
    certificate = Text(max_length=PEM_LENGTH, help_text="PEM of one authority, without its key.")


class PrivateRootOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    subject = serializers.CharField()
    fingerprint_sha256 = serializers.CharField()
    not_after = serializers.DateTimeField()
    added_by = serializers.CharField(source="added_by.username", default=None, allow_null=True)
    created_at = serializers.DateTimeField()


class DefaultCertificateIn(StrictSerializer):
    """With the public PEM of the certificate, `names` may be left out and are those of the certificate."""

    names = serializers.ListField(child=Text(max_length=253), default=list, max_length=100)
    certificate = Text(allow_blank=True, max_length=PEM_LENGTH, default="")


class DefaultCertificateOut(serializers.Serializer[Any]):
    """`names` is empty while nothing was declared."""

    names = serializers.ListField(child=serializers.CharField(), default=list)
    certificate = serializers.CharField(default="", allow_blank=True)
    issuer = serializers.CharField(default="", allow_blank=True)
    fingerprint_sha256 = serializers.CharField(default="", allow_blank=True)
    not_after = serializers.DateTimeField(default=None, allow_null=True)
