"""Reads of the inventory: what a person sees, certificates in their order with reasons, and age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from apps.common.errors import NotFound
from apps.inventory import selectors
from apps.inventory.reasons import REASON_TEXTS, shown_reason
from apps.kube.certificates import REASONS
from tests.factories.clusters import make_cluster
from tests.factories.inventory import (
    make_collection,
    make_ingress_class,
    make_namespace,
    make_secret,
    make_service,
)
from tests.factories.people import make_auditor, make_grant, make_platform_admin, make_team, make_user

pytestmark = pytest.mark.django_db

HOST = "shop.example.com"


@pytest.fixture
def cluster():
    return make_cluster()


@pytest.fixture
def now():
    return timezone.now()


def names(entries) -> list[str]:
    return [entry["secret_name"] for entry in entries]


def test_namespaces_are_those_of_the_own_grants(cluster):
    team, other = make_team(), make_team()
    make_grant(team, cluster.name, "web")
    make_grant(other, cluster.name, "pay")
    make_grant(team, "another", "kube-system")
    for name in ("web", "pay", "kube-system"):
        make_namespace(cluster, name)

    seen = {
        "member": list(selectors.list_namespaces_for(make_user(team=team), cluster).values_list("name", flat=True)),
        "stranger": list(selectors.list_namespaces_for(make_user(), cluster)),
        "inactive": list(selectors.list_namespaces_for(make_user(team=team, is_active=False), cluster)),
        "auditor": selectors.list_namespaces_for(make_auditor(), cluster).count(),
        "platform": selectors.list_namespaces_for(make_platform_admin(), cluster).count(),
    }

    assert seen == {"member": ["web"], "stranger": [], "inactive": [], "auditor": 3, "platform": 3}


def test_namespace_of_another_team_does_not_exist(cluster):
    team = make_team()
    make_grant(team, cluster.name, "web")
    make_namespace(cluster, "web")
    make_namespace(cluster, "pay")
    member = make_user(team=team)

    assert selectors.get_namespace_for(member, cluster, "web").name == "web"
    with pytest.raises(NotFound) as caught:
        selectors.get_namespace_for(member, cluster, "pay")
    assert caught.value.code == "namespace_not_found"


def test_services_of_one_namespace(cluster):
    make_service(cluster, "shop")
    make_service(cluster, "docs")
    make_service(cluster, "ledger", namespace="pay")
    make_service(make_cluster("dev-2"), "shop")

    assert [service.name for service in selectors.list_services(cluster, "web")] == ["docs", "shop"]
    assert selectors.get_service(cluster, "pay", "ledger").name == "ledger"
    with pytest.raises(NotFound):
        selectors.get_service(cluster, "web", "ledger")


def test_default_ingress_class_comes_first(cluster):
    make_ingress_class(cluster, "a", is_default=False)
    make_ingress_class(cluster, "z", is_default=True)

    assert [each.name for each in selectors.list_ingress_classes(cluster)] == ["z", "a"]


def test_certificate_as_the_contract_shows_it(cluster, now):
    secret = make_secret(cluster, subject_names=[HOST], not_after=now + timedelta(days=88, hours=1))

    assert selectors.offered_certificates(cluster, "web", HOST, used_by={"shop-tls": ["exp_1"]}, now=now) == [
        {
            "secret_name": "shop-tls",
            "usable": True,
            "covers_host": True,
            "subject_names": [HOST],
            "issuer": "Test CA",
            "not_before": secret.not_before,
            "not_after": secret.not_after,
            "days_left": 88,
            "fingerprint_sha256": secret.fingerprint_sha256,
            "key_type": "RSA 2048",
            "used_by": ["exp_1"],
            "reasons": [],
            "warnings": [],
            "may_be_copied": False,
        }
    ]


def test_longest_validity_first_then_exact_before_wildcard(cluster, now):
    for name, subject, days in (
        ("wildcard-long", "*.example.com", 90),
        ("exact-long", HOST, 90),
        ("exact-short", HOST, 10),
        ("wildcard-longest", "*.example.com", 200),
    ):
        make_secret(cluster, name, subject_names=[subject], not_after=now + timedelta(days=days, hours=1))

    offered = selectors.offered_certificates(cluster, "web", HOST, now=now)

    assert names(offered) == ["wildcard-longest", "exact-long", "wildcard-long", "exact-short"]


def test_certificate_for_another_host_is_rejected_with_the_reason(cluster):
    make_secret(cluster, "other-tls", subject_names=["other.example.com"])

    assert selectors.offered_certificates(cluster, "web", HOST) == []
    assert [entry["reasons"] for entry in selectors.rejected_certificates(cluster, "web", HOST)] == [
        [
            {
                "code": "host_not_covered",
                "message": "The certificate does not cover the host.",
                "hint": "Choose one whose names include the host.",
            }
        ]
    ]


def test_without_a_host_every_usable_certificate_is_offered(cluster):
    make_secret(cluster, "other-tls", subject_names=["other.example.com"])

    offered = selectors.offered_certificates(cluster, "web")

    assert [(entry["secret_name"], entry["covers_host"]) for entry in offered] == [("other-tls", None)]


def test_certificate_that_expired_since_the_refresh_is_rejected_today(cluster, now):
    make_secret(cluster, not_after=now + timedelta(hours=1))

    later = selectors.rejected_certificates(cluster, "web", HOST, now=now + timedelta(hours=2))

    assert [[reason["code"] for reason in entry["reasons"]] for entry in later] == [["expired"]]


def test_certificate_that_became_valid_since_the_refresh_is_offered(cluster, now):
    early = [{"code": "not_yet_valid", "message": "", "hint": ""}]
    make_secret(cluster, usable=False, reasons=early, not_before=now + timedelta(hours=1))

    assert selectors.offered_certificates(cluster, "web", HOST, now=now) == []
    assert len(selectors.offered_certificates(cluster, "web", HOST, now=now + timedelta(hours=2))) == 1


def test_other_secrets_are_never_offered(cluster):
    reasons = [{"code": "not_tls_type", "message": "", "hint": ""}]
    make_secret(cluster, "robot-token", is_tls=False, usable=False, reasons=reasons, fingerprint_sha256="",
                not_after=None, not_before=None, subject_names=[])  # fmt: skip

    assert selectors.offered_certificates(cluster, "web") == []
    rejected = selectors.rejected_certificates(cluster, "web")
    assert [(entry["secret_name"], [r["code"] for r in entry["reasons"]]) for entry in rejected] == [
        ("robot-token", ["not_tls_type"])
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_certificates_cost_one_query_for_any_number(count, cluster, django_assert_num_queries):
    for number in range(count):
        make_secret(cluster, f"tls-{number}")

    with django_assert_num_queries(1):
        assert len(selectors.offered_certificates(cluster, "web", HOST)) == count


def test_freshness(cluster, now):
    make_collection(cluster, "Service", observed_at=now - timedelta(hours=1), attempted_at=now, error="no answer")

    assert selectors.freshness(cluster, "Service") == selectors.Freshness(now - timedelta(hours=1), now, "no answer")
    assert selectors.freshness(cluster, "Ingress") == selectors.Freshness(None, None, "")


def test_collections_leave_out_the_lease(cluster):
    for kind in ("*", "Service", "Ingress"):
        make_collection(cluster, kind)

    assert [row.kind for row in selectors.list_collections(cluster)] == ["Ingress", "Service"]


def test_every_reason_has_a_text_equal_to_the_gateways():
    shown = {code: shown_reason({"code": code}) for code in REASONS}

    assert set(REASON_TEXTS) == set(REASONS)
    assert shown == {
        code: {"code": code, "message": reason.message, "hint": reason.hint} for code, reason in REASONS.items()
    }


def test_unknown_reason_keeps_its_stored_text():
    stored = {"code": "from_the_future", "message": "No.", "hint": "Wait."}

    with translation.override("zh-hans"):
        assert shown_reason(stored) == stored


def test_warnings_are_said_beside_a_usable_certificate(db: None) -> None:
    cluster = make_cluster()
    make_secret(cluster, warnings=["missing_intermediate"])

    [entry] = selectors.offered_certificates(cluster, "web", "shop.example.com")

    assert [(warning["code"], bool(warning["message"])) for warning in entry["warnings"]] == [
        ("missing_intermediate", True)
    ]
