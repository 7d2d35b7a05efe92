"""The preflight as a truth table: situation in, the state of every check out."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from apps.exposures.policies import (
    CHECKS,
    AdmissionFacts,
    Asker,
    CertificateFacts,
    Circumstances,
    Facts,
    HostUse,
    LiveObject,
    NameFacts,
    PathUse,
    Reading,
    ZoneFacts,
    run_preflight,
    step_from_stored,
    with_admission,
)
from apps.exposures.policies.circumstances import Limit
from apps.exposures.spec import ExposureSpec, PathSpec
from tests.unit.exposures.test_policies import CLUSTER, SHOP, WILDCARDS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KINDS = ("Namespace", "Service", "EndpointSlice", "Ingress", "IngressClass", "Secret")
NAMES = [check.name for check in CHECKS]
FROM_CLUSTER = {"namespace", "service", "port", "endpoints", "host", "class", "certificate"}
RESOLVES = NameFacts("*.dev.example.net", "True", "It resolves to the cluster's entry.", "", NOW)


def read(age: timedelta = timedelta(seconds=30), error: str = "") -> dict[str, Reading]:
    return dict.fromkeys(KINDS, Reading(NOW - age, error))


AROUND = Circumstances(
    now=NOW, asker=Asker(True), readings=read(), has_namespace=True, has_addresses=True, name=RESOLVES
)
GOOD = Facts(
    spec=ExposureSpec("shop.dev.example.net", (PathSpec("/", "Prefix", "shop", "http"),)),
    cluster=replace(CLUSTER, controllers={"traefik": "traefik.io/ingress-controller"}),
    namespace="web",
    team="web",
    services={"shop": SHOP},
    wildcard_owners=WILDCARDS,
    around=AROUND,
)
CERTIFICATE = CertificateFacts("shop-tls", fingerprint_sha256="AB")
HTTPS = replace(
    GOOD,
    spec=replace(GOOD.spec, host="shop.example.com", tls_secret_name="shop-tls"),
    zone=ZoneFacts("example.com", "network"),
    certificate=CERTIFICATE,
)
ALL_PASSED = dict.fromkeys(NAMES, "passed") | {
    "certificate": "skipped",
    "options": "skipped",
    "quota": "skipped",
    "admission": "unknown",
}


def around(facts: Facts = GOOD, **changes: Any) -> Facts:
    return replace(facts, around=replace(facts.around, **changes))


def stated(facts: Facts = GOOD, **changes: Any) -> Facts:
    return replace(facts, spec=replace(facts.spec, **changes))


def states(facts: Facts) -> dict[str, str]:
    return {step.name: str(step.state) for step in run_preflight(facts).steps}


FOREIGN = HostUse("exposure", "shop.dev.example.net", "test-1", "pay", "#pay", "exp_1")
BESIDE = HostUse(
    "live_object",
    "shop.dev.example.net",
    "dev-1",
    "web",
    "#web",
    paths=(PathUse("/docs", "Prefix"),),
    live=LiveObject("web/docs", "traefik"),
)
OLD = timedelta(hours=3)
SITUATIONS: list[tuple[str, Facts, dict[str, str]]] = [
    ("good", GOOD, {}),
    ("https", HTTPS, {"certificate": "passed"}),
    ("asker left the team", around(asker=Asker(False, "No.", is_asking=False)), {"permission": "warning"}),
    ("asker may not", around(asker=Asker(False, "No.")), {"permission": "failed", "admission": "skipped"}),
    ("nobody asks", around(asker=None), {"permission": "skipped"}),
    ("namespace gone", around(has_namespace=False), {"namespace": "failed", "admission": "skipped"}),
    ("namespaces never read", around(has_namespace=None), {"namespace": "unknown"}),
    (
        "service gone",
        replace(GOOD, services={}),
        {"service": "failed", "port": "skipped", "endpoints": "skipped", "admission": "skipped"},
    ),
    (
        "services never read",
        replace(GOOD, services=None),
        {"service": "unknown", "port": "unknown", "endpoints": "unknown"},
    ),
    (
        "port gone",
        stated(paths=(PathSpec("/", "Prefix", "shop", 81),)),
        {"port": "failed", "admission": "skipped"},
    ),
    ("nothing ready", replace(GOOD, services={"shop": replace(SHOP, ready_endpoints=0)}), {"endpoints": "warning"}),
    ("host taken", replace(GOOD, uses=(FOREIGN,)), {"host": "failed", "admission": "skipped"}),
    ("host shared", replace(GOOD, uses=(BESIDE,)), {"host": "warning"}),
    ("another cluster not read", around(unread_clusters=1), {}),
    ("host reserved", replace(GOOD, reserved_because="No."), {"zone": "failed", "admission": "skipped"}),
    ("no zone", stated(host="shop.example.com"), {"zone": "failed", "admission": "skipped"}),
    ("class unknown", stated(ingress_class_name="nginx"), {"class": "failed", "admission": "skipped"}),
    ("classes never read", replace(GOOD, cluster=replace(CLUSTER, classes=None)), {"class": "unknown"}),
    ("controller unheard of", replace(GOOD, cluster=replace(CLUSTER, controllers={})), {"class": "unknown"}),
    ("controller serves others", around(has_addresses=False, is_serving=True), {}),
    ("controller gave no address", around(has_addresses=False), {"class": "unknown"}),
    ("secret gone", replace(HTTPS, certificate=None), {"certificate": "failed", "admission": "skipped"}),
    (
        "certificate swapped",
        around(HTTPS, approved_fingerprint="CD"),
        {"certificate": "failed", "admission": "skipped"},
    ),
    (
        "certificate without issuers",
        replace(HTTPS, certificate=replace(CERTIFICATE, warnings=(("missing_intermediate", "It lacks.", "Add."),))),
        {"certificate": "warning"},
    ),
    (
        "https on the wildcard",
        stated(tls_secret_name="shop-tls"),
        {"certificate": "failed", "admission": "skipped"},
    ),
    ("dns elsewhere", around(name=replace(RESOLVES, status="False")), {"dns": "warning"}),
    ("dns silent", around(name=replace(RESOLVES, status="Unknown")), {"dns": "unknown"}),
    ("dns never asked", around(name=None), {"dns": "unknown"}),
    ("dns switched off", around(asks_dns=False), {"dns": "skipped"}),
    ("options supported", stated(options={"websocket": True}), {"options": "passed"}),
    (
        "options not supported",
        stated(options={"read_timeout": "5m"}),
        {"options": "failed", "admission": "skipped"},
    ),
    ("room in the quota", around(team_limit=Limit(4, 5)), {"quota": "passed"}),
    ("team quota used up", around(team_limit=Limit(5, 5)), {"quota": "failed", "admission": "skipped"}),
    ("namespace quota used up", around(namespace_limit=Limit(0, 0)), {"quota": "failed", "admission": "skipped"}),
    (
        "quota used up for what is there already",
        replace(around(team_limit=Limit(5, 5)), exposure_id="exp_own"),
        {"quota": "passed"},
    ),
    ("admitted", around(admission=AdmissionFacts(True, "Yes.")), {"admission": "passed"}),
    ("refused by the cluster", around(admission=AdmissionFacts(False, "No.")), {"admission": "failed"}),
    ("cluster did not answer", around(admission=AdmissionFacts(None, "Silence.")), {"admission": "unknown"}),
    ("unreachable", around(HTTPS, is_reachable=False), dict.fromkeys(FROM_CLUSTER, "unknown")),
    ("old", around(HTTPS, readings=read(OLD)), dict.fromkeys(FROM_CLUSTER, "unknown")),
    ("not readable", around(HTTPS, readings=read(error="Forbidden.")), dict.fromkeys(FROM_CLUSTER, "unknown")),
    ("never read", around(HTTPS, readings={}), dict.fromkeys(FROM_CLUSTER, "unknown")),
]


@pytest.mark.parametrize(("facts", "changes"), [row[1:] for row in SITUATIONS], ids=[row[0] for row in SITUATIONS])
def test_situation_gives_states(facts: Facts, changes: dict[str, str]) -> None:
    base = ALL_PASSED | ({"certificate": "passed"} if facts.spec.tls_secret_name else {})
    assert states(facts) == base | changes


def test_every_check_is_seen_in_every_state_it_can_have() -> None:
    """The table above leaves no outcome of a check untried but those that cannot be."""
    seen: dict[str, set[str]] = {}
    for _name, facts, _changes in SITUATIONS:
        for name, state in states(facts).items():
            seen.setdefault(name, set()).add(state)
    assert {name: sorted(found) for name, found in seen.items()} == {
        "permission": ["failed", "passed", "skipped", "warning"],
        "namespace": ["failed", "passed", "unknown"],
        "service": ["failed", "passed", "unknown"],
        "port": ["failed", "passed", "skipped", "unknown"],
        "endpoints": ["passed", "skipped", "unknown", "warning"],
        "host": ["failed", "passed", "unknown", "warning"],
        "zone": ["failed", "passed"],
        "class": ["failed", "passed", "unknown"],
        "certificate": ["failed", "passed", "skipped", "unknown", "warning"],
        "dns": ["passed", "skipped", "unknown", "warning"],
        "options": ["failed", "passed", "skipped"],
        "quota": ["failed", "passed", "skipped"],
        "admission": ["failed", "passed", "skipped", "unknown"],
    }


def test_what_is_wrong_stays_wrong_while_the_cluster_is_away() -> None:
    away = around(replace(GOOD, services={}), is_reachable=False)
    step = run_preflight(away).step("service")
    assert (step.state, step.observed_at) == ("failed", NOW - timedelta(seconds=30))
    assert [violation.code for violation in step.errors] == ["service_not_found"]


def test_a_warning_from_old_facts_is_no_warning() -> None:
    quiet = replace(GOOD, services={"shop": replace(SHOP, ready_endpoints=0)})
    found = run_preflight(around(quiet, is_reachable=False))
    assert found.warnings == ()
    assert found.step("endpoints").state == "unknown"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_old_facts_tell_their_age(age: timedelta, words: str) -> None:
    step = run_preflight(around(is_reachable=False, readings=read(age))).step("service")
    assert step.message == f"Cluster dev-1 cannot be reached. It was last read {words} ago."


def test_quota_says_how_many_and_whom_to_ask() -> None:
    full = around(team_limit=Limit(5, 5), namespace_limit=Limit(3, 3))
    assert [dataclasses.astuple(violation) for violation in run_preflight(full).errors] == [
        (
            "quota_exceeded",
            "namespace",
            "Team web has 5 exposures and may have 5.",
            "Delete one that is no longer needed, or ask a platform admin for a higher limit.",
        ),
        (
            "quota_exceeded",
            "namespace",
            "Namespace web of dev-1 has 3 exposures and may have 3.",
            "Delete one that is no longer needed, or ask a platform admin for a higher limit.",
        ),
    ]


def test_answer_of_the_cluster_joins_what_was_found() -> None:
    found = run_preflight(GOOD)
    asked = with_admission(found, around(admission=AdmissionFacts(False, "No.", "Change it.", raw="denied")))
    assert asked.steps[:-1] == found.steps[:-1]
    last = asked.steps[-1]
    assert (last.name, last.state, last.message, last.hint, last.raw) == (
        "admission",
        "failed",
        "No.",
        "Change it.",
        "denied",
    )


@pytest.mark.parametrize("facts", [row[1] for row in SITUATIONS], ids=[row[0] for row in SITUATIONS])
def test_kept_steps_come_back_in_any_language(facts: Facts) -> None:
    with translation.override("zh-hans"):
        steps = run_preflight(facts).steps
    kept = [step_from_stored(step.as_stored()) for step in steps]
    plain = [replace(step, elapsed_ms=0.0, conflicts=()) for step in steps]
    assert [replace(step, elapsed_ms=0.0) for step in kept] == plain
    with translation.override("zh-hans"):
        assert [step.as_json() for step in kept] == [
            {**step.as_json(), "elapsed_ms": back.elapsed_ms} for step, back in zip(steps, kept, strict=True)
        ]


@pytest.mark.parametrize("facts", [row[1] for row in SITUATIONS], ids=[row[0] for row in SITUATIONS])
def test_every_step_speaks_in_sentences_and_names_the_next_one(facts: Facts) -> None:
    for step in run_preflight(facts).steps:
        assert step.message.endswith(".")
        assert not step.hint or step.hint.endswith(".")
