"""What was last seen in the clusters: one row per object, one `Collection` row per (cluster, kind) with its age.

A full refresh and a watch write the same rows, so readers never need to know which of the two fed them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.common.ids import PrefixedIdField

# The type of Secrets whose content has no fixed form.
OPAQUE = "Opaque"


class Collection(models.Model):
    """How fresh the rows of one kind in one cluster are; `error` says why the last refresh failed, if it did."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="collections")
    kind = models.CharField(max_length=40)
    resource_version = models.CharField(max_length=60, blank=True)
    observed_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "kind"], name="collection_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.cluster}"


class ObservedObject(models.Model):
    """What every kind shares."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=253)
    uid = models.CharField(max_length=60, blank=True)
    resource_version = models.CharField(max_length=60, blank=True)
    labels = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Namespace(ObservedObject):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="inventory_namespace_once")]


class IngressClass(ObservedObject):
    controller = models.CharField(max_length=253)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="inventory_class_once")]


class NamespacedObject(ObservedObject):
    namespace = models.CharField(max_length=63)

    class Meta:
        abstract = True


class Service(NamespacedObject):
    """`ports`: [{"name", "port", "protocol", "app_protocol"}]; `ready_endpoints` counts ready addresses."""

    type = models.CharField(max_length=20)
    ports = models.JSONField(default=list)
    ready_endpoints = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "namespace", "name"], name="inventory_service_once")]


class Secret(NamespacedObject):
    """The public part of a TLS Secret, or just the name of one of another type. Keys never come here (S4).

    `reasons`: [{"code", "message", "hint"}] why it can not be used, judged without a host. `chain_pem` is what every
    client is served. `type` is only known of TLS Secrets and of Opaque ones, which may hold a pair all the same.
    """

    type = models.CharField(max_length=60, blank=True)
    is_tls = models.BooleanField(default=False)
    usable = models.BooleanField(default=False)
    subject_names = models.JSONField(default=list)
    issuer = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    fingerprint_sha256 = models.CharField(max_length=95, blank=True)
    key_type = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list)
    # Codes of what does not forbid its use and may still hurt, e.g. missing_intermediate.
    warnings = models.JSONField(default=list)
    chain_pem = models.TextField(blank=True)
    # Which authorities were known when its trust was judged (see `trust`).
    trust_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "namespace", "name"], name="inventory_secret_once")]
        indexes = [models.Index(fields=["is_tls", "not_after"], name="inventory_secret_expiry")]

    @property
    def may_be_copied(self) -> bool:
        """Whether it may hold a pair that a TLS Secret could be made of; only the cluster knows."""
        return self.type == OPAQUE


class PrivateRoot(models.Model):
    """An authority of the platform's own that its clients know; what it issued is not warned of as untrusted."""

    id = PrefixedIdField("root")
    name = models.CharField(_("name"), max_length=100, unique=True)
    certificate = models.TextField(_("certificate"))
    fingerprint_sha256 = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=300)
    not_after = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Ingress(NamespacedObject):
    """`tls`: [{"hosts", "secret_name"}]; `exposure_id` is the value of our label, empty for objects of others."""

    ingress_class_name = models.CharField(max_length=253, blank=True)
    exposure_id = models.CharField(max_length=40, blank=True, db_index=True)
    tls = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    annotations = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "namespace", "name"], name="inventory_ingress_once")]


class IngressPath(models.Model):
    """One (host, path) of one Ingress, in a table of its own so that conflicts over all clusters are one query."""

    ingress = models.ForeignKey(Ingress, on_delete=models.CASCADE, related_name="paths")
    host = models.CharField(max_length=253, blank=True, db_index=True)
    path = models.CharField(max_length=1000, default="/")
    path_type = models.CharField(max_length=30, default="Prefix")
    service_name = models.CharField(max_length=253, blank=True)
    service_port = models.CharField(max_length=63, blank=True)

    def __str__(self) -> str:
        return f"{self.host}{self.path}"
