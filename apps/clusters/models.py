"""The registry of clusters and their credentials.

The credential lives in a table of its own, encrypted, so that no query for clusters can ever carry it along.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import SLUG
from apps.clusters.enums import SELF_SERVICE_ENVIRONMENTS, Environment
from apps.common.conditions import find_condition, is_true
from apps.common.ids import PrefixedIdField
from apps.common.said import shown


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def active(self) -> ClusterQuerySet:
        return self.filter(retired_at=None)


class Cluster(models.Model):
    """One registered Kubernetes cluster. `name` is its identity everywhere and never changes."""

    id = PrefixedIdField("cls")
    name = models.CharField(_("name"), max_length=63, unique=True, validators=[SLUG])
    environment = models.CharField(_("environment"), max_length=10, choices=Environment.choices)
    endpoint = models.CharField(_("API endpoint"), max_length=300)
    certificate_authority = models.TextField(_("certificate authority"))
    tls_server_name = models.CharField(max_length=253, blank=True)
    wildcard_domain = models.CharField(_("wildcard domain"), max_length=253, blank=True)
    # What DNS must point at: {"addresses": [ip or name], "http_port": 80, "https_port": 443}
    entry = models.JSONField(_("entry"), default=dict)
    default_ingress_class_name = models.CharField(_("default ingress class"), max_length=253, blank=True)
    # What the controller serves where no Secret is named, as declared by a platform admin; empty: not known.
    # {"names": [...], "certificate": PEM or "", "issuer", "not_after", "fingerprint_sha256"}
    default_certificate = models.JSONField(default=dict, blank=True)
    version = models.CharField(max_length=60, blank=True)
    latency_ms = models.PositiveIntegerField(null=True)
    conditions = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    last_check = models.JSONField(default=list)
    # Set while a scheduled check runs: the lease that keeps a second one away.
    check_started_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reachable(self) -> bool:
        return is_true(self.conditions, "Reachable")

    @property
    def reachable_message(self) -> str:
        """In the reader's language; empty as long as nothing was checked."""
        return shown(find_condition(self.conditions, "Reachable"))

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def allows_self_service(self) -> bool:
        return self.environment in SELF_SERVICE_ENVIRONMENTS

    @property
    def default_certificate_names(self) -> list[str]:
        return list(self.default_certificate.get("names") or [])

    @property
    def default_certificate_ends(self) -> datetime | None:
        """Its last moment, as far as it is known."""
        text = self.default_certificate.get("not_after")
        return datetime.fromisoformat(text) if text else None

    @property
    def http_port(self) -> int:
        return int(self.entry.get("http_port") or 80)

    @property
    def https_port(self) -> int:
        return int(self.entry.get("https_port") or 443)

    @property
    def entry_addresses(self) -> list[str]:
        return list(self.entry.get("addresses") or [])


class CheckSample(models.Model):
    """What one check of a cluster found, for the line of the last ones; `services.samples.KEPT` of each cluster."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="samples")
    at = models.DateTimeField()
    reachable = models.BooleanField()
    latency_ms = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["cluster", "-at"], name="cluster_samples")]

    def __str__(self) -> str:
        return f"{self.cluster_id} at {self.at}: {self.latency_ms if self.reachable else 'no answer'}"


class ClusterCredential(models.Model):
    """The envelope: the credential under a data key, the data key under a key of the ring (see `vault`)."""

    cluster = models.OneToOneField(Cluster, on_delete=models.CASCADE, primary_key=True, related_name="credential")
    key_id = models.CharField(max_length=40, db_index=True)
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()
    fingerprint = models.CharField(max_length=20)
    updated_at = models.DateTimeField(auto_now=True)

    def __repr__(self) -> str:
        return f"<ClusterCredential of {self.cluster_id} under key {self.key_id}>"

    def __str__(self) -> str:
        return repr(self)
