"""Every shape of `shapes.py` through form, POST, dry-run and gate: all four say the same."""

from __future__ import annotations

import pytest

from tests.integration.pitfalls.shapes import SHAPES, Place, Shape
from tests.integration.pitfalls.ways import Ways, told

PLACE = Place("web", "pay", "tools", "dev.example.net")
EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)


def body_of(ways: Ways, shape: Shape) -> dict[str, object]:
    return ways.body(PLACE.host(shape.label), path=shape.path, path_type=shape.path_type)


@EVERY_SHAPE
def test_dry_run_and_post_say_what_is_in_the_way(ways: Ways, shape: Shape) -> None:
    ways.see(shape.make(PLACE))
    body = body_of(ways, shape)

    preview = ways.dry_run(body)
    answer = ways.post(body)

    assert told(preview["conflicts"]) == list(shape.conflicts)
    assert tuple(warning["code"] for warning in preview["warnings"]) == shape.warnings
    assert told(answer.body.get("conflicts", [])) == list(shape.conflicts)
    assert answer.status_code == (409 if shape.conflicts else 201), answer.body


@EVERY_SHAPE
def test_form_takes_what_is_free_and_names_who_is_in_the_way(ways: Ways, shape: Shape) -> None:
    ways.see(shape.make(PLACE))

    page = ways.form(body_of(ways, shape))

    assert page.status_code == (422 if shape.conflicts else 302)
    if shape.conflicts:
        assert list(page.context["form"].errors) == ["host"]


@EVERY_SHAPE
def test_gate_closes_for_what_came_after_the_request(ways: Ways, shape: Shape) -> None:
    request = ways.post(body_of(ways, shape)).body["change_request"]
    ways.see(shape.make(PLACE))

    delivery = ways.push(request)

    reason = (delivery.reason or {}).get("code", "")
    assert (delivery.state, reason) == (("failed", "host_conflict") if shape.conflicts else ("live", ""))
