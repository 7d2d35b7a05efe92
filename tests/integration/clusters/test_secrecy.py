"""A known token goes through everything the registry does, and is then searched for in everything that is written."""

from __future__ import annotations

import io
import json
import logging
import traceback
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.views.debug import ExceptionReporter

from apps.audit.models import AuditEvent
from apps.clusters import services, tasks, vault
from apps.clusters.models import Cluster, ClusterCredential
from apps.clusters.services.access import AccessInput
from apps.common.errors import PortalError
from apps.inventory.services import refresh_inventory
from tests.factories.people import make_platform_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(sandbox) -> str:
    return sandbox.admin_token


@pytest.fixture
def log():
    """Everything that any logger writes while the test runs, arguments included."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def cluster(sandbox, token) -> Cluster:
    return services.register_cluster(
        by=make_platform_admin(), name="dev-1", environment="dev", kubeconfig=sandbox.kubeconfig()
    )


def test_logs_show_no_token(sandbox, token, log, cluster):
    services.check_cluster(cluster=cluster)
    refresh_inventory(cluster=cluster)
    sandbox.revoke(token)
    services.check_cluster(cluster=cluster)
    refresh_inventory(cluster=cluster)

    assert "urllib3" in log.getvalue()
    assert token not in log.getvalue()


def test_rows_show_no_token(token, cluster):
    services.check_cluster(cluster=cluster)
    refresh_inventory(cluster=cluster)
    services.rekey_cluster(by=make_platform_admin(), cluster=cluster, token=token)

    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "sqlite_sequence"]
        stored = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            stored.append(repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]))

    assert "cluster.rekeyed" in "".join(stored)
    assert token not in "".join(stored)


def test_queries_show_no_token(sandbox, token):
    with CaptureQueriesContext(connection) as queries:
        services.register_cluster(
            by=make_platform_admin(), name="dev-1", environment="dev", kubeconfig=sandbox.kubeconfig()
        )

    assert token not in json.dumps(queries.captured_queries)


def test_audit_rows_show_no_token(token, cluster):
    rows = [json.dumps(list(AuditEvent.objects.values()), default=str)]

    assert "cluster.registered" in rows[0]
    assert token not in rows[0]


def test_representations_show_no_token(token, cluster):
    credential, fingerprint = vault.open_credential(cluster)
    row = ClusterCredential.objects.get()
    shown = [
        repr(thing) + str(thing)
        for thing in (
            cluster,
            credential,
            row,
            vars(row),
            vault.current_ring(),
            services.client_for(cluster),
            AccessInput(token=token, kubeconfig=token),
            fingerprint,
        )
    ]

    assert token not in "".join(shown)


@pytest.mark.parametrize("context", ["missing", None])
def test_errors_show_no_token(context, sandbox, token):
    text = sandbox.kubeconfig().replace("current-context", "exec: {}\ncurrent-context")
    broken = text if context else text.replace("user:\n    token", "user:\n    exec: {command: x}\n    token")

    with pytest.raises(PortalError) as caught:
        services.register_cluster(
            by=make_platform_admin(), name="dev-1", environment="dev", kubeconfig=broken, context=context
        )

    error = caught.value
    said = "".join(traceback.format_exception(error)) + repr(error.fields) + repr(getattr(error, "errors", ""))
    assert token not in said


def page_of(error: BaseException) -> str:
    return ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()


def test_error_page_hides_the_keys(settings):
    key = vault.new_key()
    settings.PORTICO_ENCRYPTION_KEYS = f"known:{key}"

    page = page_of(ZeroDivisionError())

    assert "PORTICO_ENCRYPTION_KEYS" in page
    assert key not in page


def test_task_arguments_are_ids(token, cluster, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "dispatch", lambda *message: sent.append(message))

    tasks.check_all()

    assert sent == [("apps.clusters.tasks.check", cluster.pk)]


def test_commands_show_no_token_and_no_key(token, cluster, capsys, settings):
    old = settings.PORTICO_ENCRYPTION_KEYS
    fresh = vault.new_key()
    settings.PORTICO_ENCRYPTION_KEYS = f"fresh:{fresh},{old}"

    call_command("rotate_keys", skip_checks=True)
    call_command("check_clusters", skip_checks=True)

    said = "".join(capsys.readouterr())
    assert "Key fresh: 1 re-wrapped now, 1 in all, 0 failed." in said
    assert [secret for secret in (token, fresh, old.partition(":")[2]) if secret in said] == []
    event = AuditEvent.objects.newest_first()[0]
    assert (event.verb, event.after) == ("keys.rotated", {"key_id": "fresh", "rewrapped": 1, "failed": 0})


def test_only_the_vault_touches_credential_rows():
    root = Path(services.__file__).parents[2]
    users = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "migrations" not in path.parts and "ClusterCredential" in path.read_text()
    }

    assert users == {"clusters/models.py", "clusters/vault.py"}
