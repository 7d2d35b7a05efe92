"""Secrets of no certificate type in the namespaces where the person may put certificates."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import NamespaceGrant, User
from apps.inventory.models import OPAQUE, Secret
from apps.inventory.offers import NEVER_READ
from apps.web.presenters.certificates import upload_places


def other_secrets(user: User, search: str = "") -> QuerySet[Secret]:
    """By place and name. Four queries with those that find the places."""
    places = NamespaceGrant.objects.filter(pk__in=[place.pk for place in upload_places(user)])
    granted = places.filter(cluster_name=OuterRef("cluster__name"), namespace=OuterRef("namespace"))
    rows = Secret.objects.filter(Exists(granted), type=OPAQUE, cluster__retired_at=None)
    rows = rows.filter(name__icontains=search) if search else rows
    return rows.select_related("cluster").defer(*NEVER_READ).order_by("cluster__name", "namespace", "name")
