"""Reads of deliveries on behalf of someone."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.common.errors import NotFound
from apps.delivery.models import Delivery
from apps.exposures.models import Exposure


def list_deliveries_for(user: User) -> QuerySet[Delivery]:
    deliveries = Delivery.objects.select_related("exposure__team", "cluster", "revision").order_by("-created_at")
    return deliveries if user.sees_everything else deliveries.filter(exposure__team__memberships__user=user)


def get_delivery_for(user: User, delivery_id: str) -> Delivery:
    delivery = list_deliveries_for(user).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(code="delivery_not_found")
    return delivery


def newest_delivery(exposure: Exposure) -> Delivery | None:
    return (
        Delivery.objects.filter(exposure=exposure).select_related("revision", "cluster").order_by("-created_at").first()
    )
