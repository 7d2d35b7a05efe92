"""The matrix of the incident through picker, form, POST, dry-run and gate; the inventory reads every object of it."""

from __future__ import annotations

import pytest

from apps.inventory.models import Ingress
from tests.integration.api.calls import codes
from tests.integration.pitfalls.secrets import FINE, MATRIX, NAME, SHOP, Row, good
from tests.integration.pitfalls.ways import Ways
from tests.integration.sandboxes import put, remove

EVERY_ROW = pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.number} {row.what}")


def furnish(ways: Ways, row: Row) -> None:
    secrets = [row.secret] if row.secret else []
    ways.see(*secrets, *row.others, row.ingress)


@EVERY_ROW
def test_dry_run_and_post_say_whether_the_secret_can_be_used(ways: Ways, row: Row) -> None:
    furnish(ways, row)
    body = ways.body(row.host, tls=NAME)

    preview = ways.dry_run(body)
    answer = ways.post(body)

    expected = [(row.code, "tls.secret_name")] if row.code else []
    assert [(error["code"], error["field"]) for error in preview["errors"]] == expected
    assert preview["conflicts"] == []
    assert (answer.status_code, codes(answer) if row.code else []) == (422 if row.code else 201, expected)
    assert Ingress.objects.filter(name="by-hand").exists()


@EVERY_ROW
def test_form_says_it_at_the_certificate(ways: Ways, row: Row) -> None:
    furnish(ways, row)

    page = ways.form(ways.body(row.host, tls=NAME))

    assert page.status_code == (422 if row.code else 302)
    if row.code:
        assert list(page.context["form"].errors) == ["secret"]


@EVERY_ROW
def test_picker_offers_only_what_works(ways: Ways, row: Row) -> None:
    furnish(ways, row)

    found = ways.caller.get(f"clusters/dev-1/namespaces/web/certificates/?host={SHOP}").body

    usable = [one["secret_name"] for one in found["results"] if one["usable"] and one["covers_host"]]
    assert (NAME in usable) == (row.code == FINE)


@EVERY_ROW
def test_gate_closes_when_the_secret_becomes_so_after_the_approval(ways: Ways, row: Row) -> None:
    ways.see(good(SHOP))
    request = ways.post(ways.body(SHOP, tls=NAME)).body["change_request"]
    ways.approve(request)
    remove(ways.scene.sandbox, good(SHOP))
    put(ways.scene.sandbox, *([row.secret] if row.secret else []), *row.others, row.ingress)

    delivery = ways.push(request)

    # A good one is another one than the one that was approved.
    expected = row.code or "certificate_changed"
    assert (delivery.state, (delivery.reason or {}).get("code")) == ("failed", expected)
