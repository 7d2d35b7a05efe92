"""Admission webhooks of the cluster's own people, as users meet them: before they send, and at the push."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testbed.process import eventually, free_port
from testbed.webhook import DENY, HANG, AdmissionWebhook, admission_webhook
from tests.cluster.main_job.conftest import Site

MESSAGE = "hosts of team web carry the name of their service"
RULES = {"denied": "deny.example.com", "silent": "hang.example.com", "gone": "gone.example.com"}


@pytest.fixture
def webhook(site: Site, tmp_path: Path) -> Iterator[AdmissionWebhook]:
    """A rule for each of three beginnings of host names, in force when the test begins."""
    with admission_webhook(tmp_path, message=MESSAGE) as webhook:
        made = [
            webhook.configuration(RULES["denied"], DENY, hosts="denied"),
            webhook.configuration(RULES["silent"], HANG, hosts="silent"),
            webhook.configuration(RULES["gone"], DENY, hosts="gone", port=free_port()),
        ]
        for manifest in made:
            site.kube.client.apply(manifest)
        assert eventually(lambda: all(is_in_force(site, word) for word in RULES))
        yield webhook
        for manifest in made:
            site.kube.client.delete(site.kube.client.path_of(manifest))


def is_in_force(site: Site, word: str) -> bool:
    return preview(site, f"{word}-first")["server_dry_run"]["ok"] is not True


def preview(site: Site, name: str) -> dict[str, Any]:
    answer = site.ask("developer", "POST", "/exposures/?dry_run=true", site.body(site.wildcard_host(name)))
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def admission(found: dict[str, Any]) -> dict[str, Any]:
    return next(step for step in found["checks"] if step["name"] == "admission")


def test_denial_is_said_before_anything_is_sent(site: Site, webhook: AdmissionWebhook) -> None:
    found = preview(site, "denied-shop")

    raw = f'admission webhook "{RULES["denied"]}" denied the request: {MESSAGE}'
    step = admission(found)
    assert (found["valid"], found["server_dry_run"]) == (False, {"ok": False, "message": raw})
    assert (step["state"], step["message"]) == ("failed", f"A rule of cluster real-1 forbids it: {MESSAGE}")
    assert (step["raw"], RULES["denied"] in step["hint"]) == (raw, True)


@pytest.mark.parametrize("word", ["silent", "gone"])
def test_rule_without_an_answer_is_not_known_and_never_passed(site: Site, webhook: AdmissionWebhook, word: str) -> None:
    found = preview(site, f"{word}-shop")

    step = admission(found)
    assert (found["server_dry_run"]["ok"], step["state"]) == (None, "unknown")
    assert step["message"] == (
        f"The rule “{RULES[word]}” of cluster real-1 does not answer, so nothing can be written there now."
    )
    assert "failed calling webhook" in step["raw"]


def test_denied_push_fails_with_the_reason_and_reaches_nothing(site: Site, webhook: AdmissionWebhook) -> None:
    host = site.wildcard_host("denied-push")

    request = site.expose(host, wait=30).json["change_request"]

    assert (request["state"], MESSAGE in request["explanation"]) == ("failed", True), request["explanation"]
    assert site.ingresses_for(host) == []


def test_push_waits_for_a_rule_that_does_not_answer(site: Site, webhook: AdmissionWebhook) -> None:
    """Nothing is lost: it is tried again until the rule answers."""
    host = site.wildcard_host("silent-push")
    exposure = site.expose(host).json
    assert eventually(lambda: site.delivery_of(exposure["id"])["state"] == "retrying", seconds=60)
    reason = site.delivery_of(exposure["id"])["reason"]
    assert (RULES["silent"] in reason["message"], site.ingresses_for(host)) == (True, []), reason

    webhook.released.set()

    assert eventually(lambda: site.delivery_of(exposure["id"])["state"] == "live", seconds=90)
    assert site.settled(exposure["change_request"])["state"] == "done"
