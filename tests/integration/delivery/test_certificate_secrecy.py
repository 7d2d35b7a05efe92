"""Known keys are uploaded through page and API, well and badly, and then searched for in everything that is written."""

from __future__ import annotations

import base64
import io
import json
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Scope
from apps.common.errors import PortalError
from apps.delivery.services import upload_certificate
from apps.inventory.models import Secret
from apps.inventory.services import refresh_inventory
from apps.kube.errors import clean_message
from testbed.certificates import Leaf
from tests.integration.api.calls import Caller
from tests.integration.scenes import AUTHORITY, Scene

PATH = "clusters/dev-1/namespaces/web/certificates/"
PAGE = "/certificates/upload/"


class Trail:
    """Everything that was written down while the keys went through."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.good, self.other = AUTHORITY.issue(["new.example.com"]), AUTHORITY.issue(["other.example.com"])
        self.answers: list[str] = []
        self.queries = ""
        self.messages: list[str] = []
        self.log = ""

    @property
    def found(self) -> dict[str, str]:
        return {
            "answers": "".join(self.answers),
            "queries": self.queries,
            "messages": "".join(self.messages),
            "log": self.log,
            "rows": _rows(),
            "sessions": "".join(repr(session.get_decoded()) for session in Session.objects.all()),
            "cache": repr(getattr(cache, "_cache", "")),
        }

    def places_of(self, *keys: str) -> list[str]:
        """Where any line of a key, or its base64 as in a Secret, was found."""
        lines = [line for key in keys for line in key.splitlines()[1:-1]]
        encoded = [base64.b64encode(key.encode()).decode()[40:100] for key in keys]
        return [place for place, text in self.found.items() if any(needle in text for needle in (*lines, *encoded))]


def pair(leaf: Leaf, **changes: str) -> dict[str, str]:
    good = {"name": "new-tls", "certificate": leaf.certificate_pem, "private_key": leaf.private_key_pem}
    return good | changes


def bodies(trail: Trail) -> Iterator[dict[str, str]]:
    """A good pair, then all that people get wrong: swapped fields, another key, everything in one field."""
    good, other = trail.good, trail.other
    yield pair(good)
    yield pair(good, certificate=good.private_key_pem, private_key=good.certificate_pem)
    yield pair(good, private_key=other.private_key_pem)
    yield pair(good, certificate=good.certificate_pem + good.private_key_pem)
    yield pair(good, private_key=good.private_key_pem.replace("-----END", "---END"))
    yield pair(good, name="Not a name")


@pytest.fixture
def trail(scene: Scene, client: Client, django_capture_on_commit_callbacks: Any) -> Trail:
    trail = Trail(scene)
    publish = lambda **sent: trail.messages.append(repr(sent))  # noqa: E731 - celery keeps only a weak reference
    before_task_publish.connect(publish)
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        send_all(trail, client)
        refresh_inventory(cluster=scene.cluster)
    root.removeHandler(handler)
    root.setLevel(level)
    before_task_publish.disconnect(publish)
    trail.queries, trail.log = json.dumps(queries.captured_queries), stream.getvalue()
    return trail


def send_all(trail: Trail, client: Client) -> None:
    caller = Caller(trail.scene.developer, scopes=Scope.values)
    client.force_login(trail.scene.developer)
    for number, body in enumerate(bodies(trail)):
        response = caller.post(PATH, body, idempotency_key=f"once-{number}")
        form = body | {"place": "dev-1/web", "token": f"form-{number}"}
        pages = [client.post(PAGE, form), client.post(PAGE, form, headers={"HX-Request": "true"})]
        files = {
            f"{name}_file": SimpleUploadedFile(name, body[name].encode()) for name in ("certificate", "private_key")
        }
        pages.append(client.post(PAGE, {"place": "dev-1/web", "name": body["name"], **files}))
        trail.answers += [answer.content.decode() + repr(answer.headers) for answer in (response, *pages)]
    trail.answers.append(client.get("/certificates/").text + caller.get(PATH).content.decode())


def _rows() -> str:
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "sqlite_sequence"]
        stored = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            stored.append(repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]))
    return "".join(stored)


def test_no_key_stays_anywhere_but_in_the_cluster(trail: Trail) -> None:
    assert Secret.objects.filter(name__startswith="new-tls-").count() == 3
    assert "certificate.uploaded" in trail.found["rows"]
    assert "urllib3" in trail.found["log"]
    assert trail.places_of(trail.good.private_key_pem, trail.other.private_key_pem) == []


def test_search_would_find_a_key(trail: Trail) -> None:
    trail.answers.append(trail.good.private_key_pem)
    trail.messages.append(base64.b64encode(trail.other.private_key_pem.encode()).decode())

    assert trail.places_of(trail.good.private_key_pem, trail.other.private_key_pem) == ["answers", "messages"]


def test_errors_show_no_key(scene: Scene) -> None:
    leaf = AUTHORITY.issue(["new.example.com"])
    said = ""
    for breaks in (scene.sandbox.refuse, lambda: scene.sandbox.status(500)):
        breaks()
        with pytest.raises(PortalError) as caught:
            upload_certificate(by=scene.developer, cluster=scene.cluster, namespace="web", **pair(leaf))
        said += "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
        scene.sandbox.clear()
    assert leaf.private_key_pem.splitlines()[1] not in said


def test_webhook_that_repeats_the_secret_is_not_quoted() -> None:
    content = base64.b64encode(AUTHORITY.issue(["new.example.com"]).private_key_pem.encode()).decode()

    assert clean_message(f"denied: tls.key={content} is too short") == "denied: tls.key=[removed] is too short"
