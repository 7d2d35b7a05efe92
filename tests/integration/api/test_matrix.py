"""Role × endpoint: who gets what. Every address of the API stands here, so none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.enums import Scope
from apps.api.views.document import openapi_document
from apps.approvals.models import ChangeRequest
from apps.common.actors import SCHEDULER
from apps.inventory.services import add_root
from testbed.certificates import CertificateAuthority
from tests.factories import make_notice, make_reserved_host
from tests.integration.api.calls import Caller, wish
from tests.integration.api.guests import granted
from tests.integration.scenes import AUTHORITY, Scene

ROLES = ("viewer", "developer", "stranger", "approver", "platform", "auditor")
SPEC = {"paths": wish()["paths"]}
NEW_CLUSTER = {"name": "fresh", "environment": "dev", "endpoint": "https://x.example.com", "token": "t"}
NEW_ZONE = {"name": "example.org", "team": "web", "approver_group": "network"}
NEW = AUTHORITY.issue(["new.example.com"])
PAIR = {"name": "new-tls", "certificate": NEW.certificate_pem, "private_key": NEW.private_key_pem}
ROOT = {"name": "Other", "certificate": CertificateAuthority("Other").certificate_pem}

# Status per role, in the order of ROLES. {exposure} belongs to team web, {guest} to
# team pay on its host, {request} awaits the group *network*.
READS = {
    "me/": (200, 200, 200, 200, 200, 200),
    "options/": (200, 200, 200, 200, 200, 200),
    "clusters/": (200, 200, 200, 200, 200, 200),
    "clusters/dev-1/": (200, 200, 200, 404, 200, 200),
    "clusters/dev-1/dns/": (200, 200, 200, 404, 200, 200),
    "clusters/dev-1/namespaces/": (200, 200, 200, 404, 200, 200),
    "clusters/dev-1/ingress-classes/": (200, 200, 200, 404, 200, 200),
    "clusters/dev-1/namespaces/web/services/": (200, 200, 404, 404, 200, 200),
    "clusters/dev-1/namespaces/web/certificates/": (200, 200, 404, 404, 200, 200),
    "clusters/dev-1/namespaces/web/exposures/shop.dev.example.net/": (200, 200, 404, 404, 200, 200),
    "hosts/a.dev.example.net/": (200, 200, 200, 200, 200, 200),
    "exposures/": (200, 200, 200, 200, 200, 200),
    "exposures/{exposure}/": (200, 200, 404, 404, 200, 200),
    "exposures/{exposure}/manifest/": (200, 200, 404, 404, 200, 200),
    "exposures/{exposure}/drift/": (200, 200, 404, 404, 200, 200),
    "exposures/{exposure}/dns/": (200, 200, 404, 404, 200, 200),
    "exposures/{exposure}/history/": (200, 200, 404, 404, 200, 200),
    "requests/": (200, 200, 200, 200, 200, 200),
    "requests/{request}/": (200, 200, 404, 200, 200, 200),
    "requests/{request}/events/": (200, 200, 404, 200, 200, 200),
    "deliveries/": (200, 200, 200, 200, 200, 200),
    "deliveries/{delivery}/": (200, 200, 404, 404, 200, 200),
    "notices/": (200, 200, 200, 200, 200, 200),
    "tokens/": (200, 200, 200, 200, 200, 200),
    "tokens/{token}/": (404, 404, 404, 404, 404, 404),
    "teams/": (200, 200, 200, 200, 200, 200),
    "teams/web/": (200, 200, 404, 404, 200, 200),
    "zones/": (200, 200, 200, 200, 200, 200),
    "zones/{zone}/": (200, 200, 404, 404, 200, 200),
    "reserved-hosts/": (200, 200, 200, 200, 200, 200),
    "reserved-hosts/{reserved}/": (404, 404, 404, 404, 200, 200),
    "private-roots/": (200, 200, 200, 200, 200, 200),
    "private-roots/{root}/": (200, 200, 200, 200, 200, 200),
    "clusters/dev-1/default-certificate/": (200, 200, 200, 404, 200, 200),
    "host-claims/": (200, 200, 200, 200, 200, 200),
    "audit-events/": (200, 200, 200, 200, 200, 200),
    "audit-events/export/": (200, 200, 200, 200, 200, 200),
}
WRITES: dict[tuple[str, str], tuple[Any, tuple[int, ...]]] = {
    ("post", "clusters/"): (NEW_CLUSTER, (403, 403, 403, 403, 422, 403)),
    ("put", "clusters/dev-1/"): ({"environment": "dev"}, (403, 403, 403, 404, 200, 403)),
    ("patch", "clusters/dev-1/"): ({}, (403, 403, 403, 404, 200, 403)),
    ("delete", "clusters/dev-1/"): (None, (403, 403, 403, 404, 409, 403)),
    ("post", "clusters/dev-1/check/"): ({}, (403, 403, 403, 404, 200, 403)),
    ("post", "clusters/dev-1/dns/check/"): ({}, (403, 403, 403, 404, 200, 403)),
    ("post", "clusters/dev-1/refresh/"): ({}, (403, 200, 200, 404, 200, 403)),
    ("post", "clusters/dev-1/pause/"): ({"reason": "x"}, (403, 403, 403, 404, 200, 403)),
    ("post", "clusters/dev-1/resume/"): ({}, (403, 403, 403, 404, 200, 403)),
    ("post", "clusters/dev-1/rekey/"): ({}, (403, 403, 403, 404, 400, 403)),
    ("post", "clusters/dev-1/namespaces/web/certificates/"): (PAIR, (403, 201, 404, 404, 403, 403)),
    ("post", "clusters/dev-1/namespaces/web/certificates/copy/"): (
        {"from_secret": "client-ca"},
        (403, 422, 404, 404, 403, 403),
    ),
    ("post", "clusters/dev-1/namespaces/web/certificates/{secret}/move/"): (
        {"exposures": ["{exposure}"]},
        (403, 200, 404, 404, 403, 403),
    ),
    ("delete", "clusters/dev-1/namespaces/web/certificates/{secret}/"): (None, (403, 409, 404, 404, 403, 403)),
    ("put", "clusters/dev-1/default-certificate/"): ({"names": ["*.example.com"]}, (403, 403, 403, 404, 200, 403)),
    ("delete", "clusters/dev-1/default-certificate/"): (None, (403, 403, 403, 404, 204, 403)),
    ("post", "private-roots/"): (ROOT, (403, 403, 403, 403, 201, 403)),
    ("delete", "private-roots/{root}/"): (None, (403, 403, 403, 403, 204, 403)),
    ("put", "clusters/dev-1/namespaces/web/exposures/a.dev.example.net/"): (SPEC, (403, 201, 404, 404, 403, 403)),
    ("post", "exposures/"): (wish("a.dev.example.net"), (403, 201, 404, 404, 403, 403)),
    ("put", "exposures/{exposure}/"): (SPEC, (403, 202, 404, 404, 403, 403)),
    ("delete", "exposures/{exposure}/"): (None, (403, 202, 404, 404, 403, 403)),
    ("post", "exposures/{exposure}/dns/check/"): ({}, (200, 200, 404, 404, 200, 200)),
    ("post", "exposures/{exposure}/drift/revert/"): ({"seen": "x"}, (403, 409, 404, 404, 403, 403)),
    ("post", "exposures/{exposure}/drift/adopt/"): ({"seen": "x"}, (403, 409, 404, 404, 403, 403)),
    ("post", "exposures/{exposure}/rollback/"): ({"revision": "{revision}"}, (403, 202, 404, 404, 403, 403)),
    ("post", "exposures/{guest}/consent/withdraw/"): ({"reason": "x"}, (403, 200, 404, 404, 403, 403)),
    ("post", "requests/{request}/approve/"): ({"content_hash": "{hash}"}, (403, 403, 404, 200, 403, 403)),
    ("post", "requests/{request}/reject/"): (
        {"content_hash": "{hash}", "comment": "No."},
        (403, 403, 404, 200, 403, 403),
    ),
    ("post", "requests/{request}/return/"): ({"comment": "Why?"}, (403, 403, 404, 200, 403, 403)),
    ("post", "requests/{request}/resubmit/"): ({}, (403, 200, 404, 403, 403, 403)),
    ("post", "requests/{request}/withdraw/"): ({}, (403, 200, 404, 403, 403, 403)),
    ("post", "requests/{request}/retry/"): ({}, (403, 409, 404, 403, 403, 403)),
    ("post", "requests/{request}/remind/"): ({}, (403, 200, 404, 403, 403, 403)),
    ("post", "requests/{request}/comment/"): ({"comment": "Hm."}, (200, 200, 404, 200, 200, 403)),
    ("post", "deliveries/{delivery}/retry/"): ({}, (403, 409, 404, 404, 403, 403)),
    ("patch", "teams/web/"): ({"exposure_limit": 9}, (403, 403, 404, 404, 200, 403)),
    ("patch", "teams/web/grants/dev-1/web/"): ({"exposure_limit": 9}, (403, 403, 404, 404, 200, 403)),
    ("post", "zones/"): (NEW_ZONE, (403, 403, 403, 403, 201, 403)),
    ("patch", "zones/{zone}/"): ({"approver_group": "network"}, (403, 403, 404, 404, 200, 403)),
    ("delete", "zones/{zone}/"): (None, (403, 403, 404, 404, 204, 403)),
    ("post", "reserved-hosts/"): ({"pattern": "*.x.example.com", "reason": "x"}, (403, 403, 403, 403, 201, 403)),
    ("delete", "reserved-hosts/{reserved}/"): (None, (404, 404, 404, 404, 204, 403)),
    ("post", "notices/{notice}/read/"): ({}, (404, 404, 404, 404, 404, 404)),
    ("post", "notices/read-all/"): ({}, (200, 200, 200, 200, 200, 200)),
    ("post", "tokens/"): ({"name": "ci", "scopes": ["audit:read"]}, (201, 201, 201, 201, 201, 201)),
    ("delete", "tokens/{token}/"): (None, (404, 404, 404, 404, 404, 404)),
}

ADDRESSES = [("get", path) for path in READS] + list(WRITES)


@pytest.fixture
def names(scene: Scene) -> dict[str, str]:
    exposure = scene.publish()
    guest = granted(Caller(scene.stranger), Caller(scene.developer))
    pending = scene.ask("shop.example.com", tls="shop-tls")
    revision = exposure.live_revision
    assert revision is not None
    somebody = Caller(scene.colleague)
    return {
        "exposure": exposure.pk,
        "guest": guest["exposure"],
        "revision": revision.pk,
        "delivery": revision.delivery.pk,
        "request": pending.pk,
        "hash": pending.content_hash,
        "token": somebody.token.public_id,
        "notice": make_notice(scene.colleague).pk,
        "zone": scene.web.zones.get().pk,
        "reserved": make_reserved_host().pk,
        "secret": "shop-tls",
        "root": add_root(by=SCHEDULER, name="Ours", certificate=AUTHORITY.certificate_pem).pk,
    }


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever happens inside did not happen: one scene serves every cell of the tables."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_who_reads(names: dict[str, str], everyone: dict[str, Caller]) -> None:
    found = {path: tuple(everyone[role].get(path.format(**names)).status_code for role in ROLES) for path in READS}
    assert found == READS


def test_who_writes(names: dict[str, str], everyone: dict[str, Caller]) -> None:
    found = {}
    for method, path in WRITES:
        body = _filled(WRITES[method, path][0], names)
        found[method, path] = tuple(_status(everyone[role], method, path.format(**names), body) for role in ROLES)
    assert found == {address: statuses for address, (_body, statuses) in WRITES.items()}


def test_every_address_stands_in_the_tables() -> None:
    documented = set(_documented())
    assert documented == {("get", _shape(path)) for path in READS} | {(method, _shape(path)) for method, path in WRITES}


def test_without_a_token_nobody_gets_anything(names: dict[str, str]) -> None:
    for method, path in ADDRESSES:
        response = getattr(Client(), method)("/api/v1/" + path.format(**names), content_type="application/json")
        assert (response.status_code, response.json()["code"]) == (401, "not_authenticated"), path
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="Portico"'


def test_a_token_without_scopes_reads_only_who_it_is(names: dict[str, str], scene: Scene) -> None:
    caller = Caller(scene.developer, scopes=[])
    for method, path in ADDRESSES:
        answer = caller.send(method, path.format(**names), {} if method != "get" else None)
        if method == "get" and path in {"me/", "options/", "teams/", "teams/web/"}:
            assert answer.status_code == 200, path
        else:
            assert (answer.status_code, answer.body["code"]) == (403, "scope_missing"), path
            assert answer.body["scope"] in Scope.values


def test_no_refusal_changed_anything(names: dict[str, str], stranger: Caller) -> None:
    before = ChangeRequest.objects.get(pk=names["request"]).lock_version
    for method, path in WRITES:
        stranger.send(method, path.format(**names), {})
    assert ChangeRequest.objects.get(pk=names["request"]).lock_version == before


def _status(caller: Caller, method: str, path: str, body: dict[str, Any] | None) -> int:
    with rolled_back():
        status: int = caller.send(method, path, body).status_code
    return status


def _filled(body: Any, names: dict[str, str]) -> dict[str, Any] | None:
    return None if body is None else {name: _named(value, names) for name, value in body.items()}


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return value.format(**names) if isinstance(value, str) else value


def _documented() -> Iterator[tuple[str, str]]:
    for path, operations in openapi_document()["paths"].items():
        for method in operations:
            yield method, "/".join("{}" if part.startswith("{") else part for part in path[8:].split("/"))


def _shape(path: str) -> str:
    """The address with every variable part as `{}`."""
    variable = {"dev-1", "web", "shop.dev.example.net", "a.dev.example.net"}
    return "/".join("{}" if part.startswith("{") or part in variable else part for part in path.split("/"))
