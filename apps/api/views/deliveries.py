"""Deliveries over REST: progress, errors, and the retry of a failed one."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.deliveries import DeliveryOut, DeliveryQuery, DeliveryRetryIn, DeliveryWaitQuery
from apps.api.settling import wait_for_delivery
from apps.api.views.base import PortalView
from apps.delivery.models import Delivery
from apps.delivery.selectors import get_delivery_for, list_deliveries_for
from apps.delivery.services import retry

SEARCHED = ("exposure__host", "cluster__name")
ORDERINGS = {"created_at": "created_at", "settled_at": "settled_at", "state": "state"}
FILTERS = {"exposure": "exposure_id", "cluster": "cluster__name", "state": "state"}


class DeliveryListView(PortalView):
    scopes = {"GET": Scope.EXPOSURES_READ}
    queries = {"GET": DeliveryQuery}
    answers = {"GET": {200: DeliveryOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Deliveries of your teams' exposures, the newest first."""
        wanted = {FILTERS[name]: value for name, value in self.asked.items() if name in FILTERS}
        deliveries = search(list_deliveries_for(self.user).filter(**wanted), self.asked.get("search", ""), SEARCHED)
        return self.respond_page(order(deliveries, self.asked.get("ordering", ""), ORDERINGS))


class DeliveryDetailView(PortalView):
    scopes = {"GET": Scope.EXPOSURES_READ}
    queries = {"GET": DeliveryWaitQuery}
    answers = {"GET": {200: DeliveryOut}}

    def get(self, request: Request, delivery_id: str) -> Response:
        """One delivery. With `wait`, once it is live, failed or given up."""
        delivery = get_delivery_for(self.user, delivery_id)
        if self.asked["wait"]:
            wait_for_delivery(delivery, self.asked["wait"])
            delivery = get_delivery_for(self.user, delivery_id)
        return _respond(self, delivery)


class DeliveryRetryView(PortalView):
    scopes = {"POST": Scope.EXPOSURES_WRITE}
    bodies = {"POST": DeliveryRetryIn}
    answers = {"POST": {200: DeliveryOut}}

    def post(self, request: Request, delivery_id: str) -> Response:
        """Push a failed delivery once more, the same bytes."""
        delivery = get_delivery_for(self.user, delivery_id)
        retry(by=self.user, delivery=delivery, **self.body())
        return _respond(self, get_delivery_for(self.user, delivery_id))


def _respond(view: PortalView, delivery: Delivery) -> Response:
    return view.respond(delivery, etag=etag_of(delivery.pk, delivery.state, delivery.attempt))
