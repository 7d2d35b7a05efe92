"""Prometheus metrics: requests as they happen, the state of the product as it is at the moment of the scrape.

Labels are methods, routes, states and cluster names; never people, hosts or anything that a caller chose freely. With
several web processes, PROMETHEUS_MULTIPROC_DIR makes the counters of all of them add up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from django.db import DatabaseError
from django.db.models import Count, Min, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.clusters.models import Cluster
from apps.delivery.enums import WAITING, DeliveryState
from apps.delivery.models import Delivery

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "portico_http_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)  # fmt: skip
SECONDS = Histogram(
    "portico_http_request_seconds",
    "Time to answer, `?wait=` included.",
    ["method", "route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class MetricsMiddleware:
    """Counts every answer under the route that gave it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        REQUESTS.labels(method, route, response.status_code).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - started)
        return response


class StateCollector(Collector):
    """Reads the tables at each scrape. A database that does not answer is a metric, not an error."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = list(self._read())
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("portico_database_up", "Whether the database answered.", value=float(bool(found)))
        yield from found

    def _read(self) -> Iterator[Metric]:
        yield _by_state("portico_deliveries", "Deliveries.", Delivery.objects.all(), list(DeliveryState))
        yield _by_state("portico_change_requests", "Change requests.", ChangeRequest.objects.all(), list(RequestState))
        yield GaugeMetricFamily(
            "portico_oldest_waiting_delivery_seconds", "Age of the oldest delivery not begun.", value=_oldest_waiting()
        )
        reachable = GaugeMetricFamily("portico_cluster_reachable", "1 reachable, 0 not.", labels=["cluster"])
        for cluster in Cluster.objects.active().only("name", "conditions"):
            reachable.add_metric([cluster.name], float(cluster.is_reachable))
        yield reachable


def render_metrics() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its content type."""
    registry = CollectorRegistry()
    registry.register(StateCollector())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST
    return generate_latest(REGISTRY) + generate_latest(registry), CONTENT_TYPE_LATEST


def _by_state(name: str, text: str, rows: QuerySet[Model], states: list[str]) -> Metric:
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    gauge = GaugeMetricFamily(name, f"{text} By state.", labels=["state"])
    for state in states:
        gauge.add_metric([str(state)], counts.get(state, 0))
    return gauge


def _oldest_waiting() -> float:
    oldest = Delivery.objects.filter(state__in=WAITING).aggregate(oldest=Min("created_at"))["oldest"]
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0
