"""The audit trail over REST: who reads what, filters, and the export as a file."""

from __future__ import annotations

import csv
import io
import json

from apps.accounts.services.teams import create_team
from tests.integration.api.calls import Caller
from tests.integration.scenes import Scene


def test_everyone_reads_what_concerns_them(scene: Scene, platform: Caller, auditor: Caller, developer: Caller) -> None:
    create_team(by=platform.user, name="other")
    scene.ask()
    seen = {row["verb"] for row in developer.get("audit-events/").body["results"]}
    assert "team.created" not in seen
    assert any(verb.startswith(("request", "exposure")) for verb in seen)
    everything = auditor.get("audit-events/?page_size=200").body
    assert everything["count"] == platform.get("audit-events/").body["count"] > len(seen)
    sequences = [row["sequence"] for row in everything["results"]]
    assert sequences == sorted(sequences, reverse=True)


def test_filters_narrow_the_list(scene: Scene, auditor: Caller) -> None:
    scene.ask()
    total = auditor.get("audit-events/").body["count"]
    by_developer = auditor.get("audit-events/?actor=developer&cluster=dev-1&team=web").body
    assert 0 < by_developer["count"] < total
    assert {row["actor"] for row in by_developer["results"]} == {"developer"}
    assert auditor.get("audit-events/?since=2000-01-01T00:00:00Z").body["count"] == total
    assert auditor.get("audit-events/?until=2000-01-01T00:00:00Z").body["count"] == 0
    assert auditor.get("audit-events/?search=nothing-like-it").body["count"] == 0
    assert auditor.get("audit-events/?since=yesterday").status_code == 400


def test_export_honours_the_filters_in_both_forms(scene: Scene, auditor: Caller) -> None:
    scene.ask()
    total = auditor.get("audit-events/?actor=developer").body["count"]
    lines = auditor.get("audit-events/export/?actor=developer")
    rows = [json.loads(line) for line in lines.getvalue().decode().splitlines()]
    assert (len(rows), lines["Content-Type"]) == (total, "application/jsonl")
    assert {row["actor"] for row in rows} == {"developer"}
    table = auditor.get("audit-events/export/?actor=developer&file_type=csv")
    parsed = list(csv.DictReader(io.StringIO(table.getvalue().decode())))
    assert [row["hash"] for row in parsed] == [row["hash"] for row in rows]
    assert table["Content-Disposition"] == 'attachment; filename="audit-events.csv"'


def test_a_cell_of_an_export_is_no_formula(platform: Caller, scene: Scene, developer: Caller, auditor: Caller) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    developer.post(f"requests/{request.pk}/withdraw/", {"comment": "=cmd()"})
    table = auditor.get("audit-events/export/?file_type=csv").getvalue().decode()
    comments = [row["comment"] for row in csv.DictReader(io.StringIO(table))]
    assert ("'=cmd()" in comments, "=cmd()" in comments) == (True, False)
