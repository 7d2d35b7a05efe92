"""What those who run the portal ask it: is the process alive, can it serve, how is it doing.

`/healthz` depends on nothing, so that a broken database does not get healthy processes killed. `/readyz` names the part
that is missing. None of them says anything about people.
"""

from __future__ import annotations

from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from apps.api.metrics import render_metrics

BROKER_SECONDS = 2.0


class NotReady(Exception):
    """A part is missing; the text says why, for whoever runs the portal."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503 that names those that do not."""
    parts = {name: _state_of(check) for name, check in CHECKS.items()}
    ready = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ready else "not_ready", "parts": parts}, status=200 if ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    body, content_type = render_metrics()
    return HttpResponse(body, content_type=content_type)


def check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReady("the database does not answer") from error


def check_migrations() -> None:
    try:
        pending = _pending_migrations()
    except DatabaseError as error:
        raise NotReady("the database does not answer") from error
    if pending:
        raise NotReady(f"{len(pending)} migrations are not applied, first {pending[0]}")


def check_broker() -> None:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError) as error:
        raise NotReady("the broker does not answer") from error


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "broker": check_broker,
}


def _state_of(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as missing:
        return str(missing)
    return "ok"


def _pending_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
