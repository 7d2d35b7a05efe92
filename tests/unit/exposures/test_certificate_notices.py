"""Teams hear of each certificate and threshold once, and of used certificates that are gone or no longer fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.common.said import shown
from apps.exposures.certificate_notices import tell_of_certificates, threshold_crossed
from apps.exposures.models import Exposure
from apps.inventory.models import Collection, Secret
from apps.notices.models import Notice
from tests import factories

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LIFE = 90 * DAY


@pytest.mark.parametrize(
    ("age", "life", "crossed"),
    [
        (0 * DAY, LIFE, None),
        (59 * DAY, LIFE, None),
        (60 * DAY, LIFE, "third"),
        (80 * DAY, LIFE, "third"),
        (81 * DAY, LIFE, "tenth"),
        (90 * DAY - timedelta(seconds=1), LIFE, "tenth"),
        (90 * DAY, LIFE, "expired"),
        (150 * DAY, LIFE, "expired"),
        (151 * DAY, LIFE, None),
        # Ten years: its last third lasts longer than anything is news.
        (2434 * DAY, 3650 * DAY, "third"),
        (2500 * DAY, 3650 * DAY, None),
        # A week
        (5 * DAY, 7 * DAY, "third"),
        (6 * DAY + timedelta(hours=12), 7 * DAY, "tenth"),
    ],
)
def test_threshold_is_relative_to_the_lifetime(age, life, crossed):
    assert threshold_crossed(BEGIN, BEGIN + life, BEGIN + age) == crossed


@pytest.fixture
def cluster(db: None) -> Cluster:
    return factories.make_cluster()


@pytest.fixture
def web(cluster: Cluster) -> Team:
    """A team with every role and the namespace web."""
    team = factories.make_team("web")
    for role in Role.values:
        factories.make_user(role, team=team, role=role)
    auditor = factories.make_auditor("auditor")
    factories.make_membership(team, auditor, role=Role.MAINTAINER)
    factories.make_user("left", team=team, is_active=False)
    factories.make_user("stranger", team=factories.make_team("pay"))
    factories.make_grant(team, cluster.name, "web")
    return team


def aged(cluster: Cluster, share: float, *, name: str = "shop-tls", **fields: Any) -> Secret:
    """A certificate of which this share of 90 days has passed."""
    begin = timezone.now() - LIFE * share
    return factories.make_secret(cluster, name, not_before=begin, not_after=begin + LIFE, **fields)


def served(cluster: Cluster, team: Team, *, host: str = "shop.example.com", secret: str = "shop-tls") -> Exposure:
    """An exposure that is live with the certificate."""
    exposure = factories.make_exposure(cluster, team, host=host, created_by=User.objects.get(username="developer"))
    spec = factories.spec_json(host, tls={"secret_name": secret})
    facts = {"certificate_fingerprint": ":".join(["AB"] * 32)}
    exposure.live_revision = factories.make_revision(exposure, spec=spec, facts=facts)
    exposure.save()
    return exposure


def told() -> list[tuple[str, str, str]]:
    rows = Notice.objects.order_by("recipient__username", "created_at", "id")
    return [(row.recipient.username, row.kind, shown(row.sentence)) for row in rows]


def test_those_who_act_for_the_owning_team_are_told_once(cluster, web):
    secret = aged(cluster, 0.7)
    tell_of_certificates()
    tell_of_certificates()
    sentence = (
        f"The certificate web/shop-tls on dev-1 expires on {secret.not_after:%Y-%m-%d}: "
        "the last third of its life has begun."
    )
    assert told() == [("developer", "certificate_due", sentence), ("maintainer", "certificate_due", sentence)]
    assert set(Notice.objects.values_list("subject_id", flat=True)) == {"dev-1/web/shop-tls"}


def test_each_threshold_and_each_renewal_is_news(cluster, web):
    secret = aged(cluster, 0.7)
    for share in (0.7, 0.92, 1.01):
        begin = timezone.now() - LIFE * share
        Secret.objects.filter(pk=secret.pk).update(not_before=begin, not_after=begin + LIFE)
        tell_of_certificates()
    begin = timezone.now() - LIFE * 0.7
    Secret.objects.filter(pk=secret.pk).update(fingerprint_sha256="CD", not_before=begin, not_after=begin + LIFE)
    tell_of_certificates()
    assert Notice.objects.filter(recipient__username="developer").count() == 4


@pytest.mark.parametrize(
    ("is_used", "end"),
    [(True, ": visitors are warned until it is replaced."), (False, ". Nothing that is live here uses it.")],
)
def test_expiry_says_whether_it_hurts_anybody(cluster, web, is_used, end):
    secret = aged(cluster, 1.01)
    if is_used:
        served(cluster, web)
    tell_of_certificates()
    expected = f"The certificate web/shop-tls on dev-1 expired on {secret.not_after:%Y-%m-%d}{end}"
    assert {sentence for _name, _kind, sentence in told()} == {expected}


def test_copies_of_one_certificate_are_one_notice_about_the_used_one(cluster, web):
    aged(cluster, 0.7, name="a-copy")
    aged(cluster, 0.7)
    aged(factories.make_cluster("dev-2"), 0.7)
    served(cluster, web)
    tell_of_certificates()
    assert {row.subject_id for row in Notice.objects.all()} == {"dev-1/web/shop-tls"}
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"is_tls": False},
        {"fingerprint_sha256": ""},
        {"not_after": None},
        {"namespace": "nobodys"},
    ],
)
def test_what_is_no_certificate_of_a_team_is_not_told(cluster, web, fields):
    Secret.objects.filter(pk=aged(cluster, 0.7).pk).update(**fields)
    tell_of_certificates()
    assert told() == []


def test_retired_clusters_are_silent(cluster, web):
    aged(cluster, 0.7)
    Cluster.objects.update(retired_at=timezone.now())
    tell_of_certificates()
    assert told() == []


def test_team_that_uses_a_certificate_of_a_namespace_it_lost_is_told(cluster, web):
    aged(cluster, 0.7)
    served(cluster, web)
    web.grants.update(team=Team.objects.get(name="pay"))
    tell_of_certificates()
    assert [name for name, _kind, _sentence in told()] == ["developer", "maintainer", "stranger"]


BROKEN = {"code": "key_mismatch", "message": "The key does not belong to the certificate.", "hint": ""}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (None, "The certificate web/shop-tls is gone from dev-1, and shop.example.com needs it."),
        (
            {"reasons": [BROKEN], "usable": False},
            "The certificate web/shop-tls on dev-1 can no longer be used, and shop.example.com needs it.",
        ),
        (
            {"subject_names": ["other.example.com"], "fingerprint_sha256": "CD"},
            "The certificate web/shop-tls on dev-1 no longer covers shop.example.com.",
        ),
    ],
)
def test_break_of_a_used_certificate_is_told_once(cluster, web, change, sentence):
    secret = factories.make_secret(cluster)
    served(cluster, web)
    tell_of_certificates()
    assert told() == []
    if change is None:
        secret.delete()
    else:
        Secret.objects.filter(pk=secret.pk).update(**change)
    tell_of_certificates()
    tell_of_certificates()
    assert told() == [
        ("developer", "certificate_broken", sentence),
        ("maintainer", "certificate_broken", sentence),
    ]


def test_renewed_certificate_that_covers_the_host_is_no_break(cluster, web):
    factories.make_secret(cluster, fingerprint_sha256="CD")
    served(cluster, web)
    tell_of_certificates()
    assert told() == []


@pytest.mark.parametrize("fields", [{"observed_at": None}, {"error": "Forbidden."}])
def test_certificates_that_could_not_be_listed_are_not_gone(cluster, web, fields):
    factories.make_secret(cluster).delete()
    served(cluster, web)
    Collection.objects.filter(kind="Secret").update(**fields)
    tell_of_certificates()
    assert told() == []


def test_deleted_exposure_needs_no_certificate(cluster, web):
    factories.make_secret(cluster).delete()
    exposure = served(cluster, web)
    exposure.deleted_at = timezone.now()
    exposure.save()
    tell_of_certificates()
    assert told() == []


@pytest.mark.parametrize("count", [1, 3])
def test_schedule_costs_the_same_for_any_number(cluster, web, count, django_assert_num_queries):
    for number in range(count):
        served(cluster, web, host=f"shop-{number}.example.com", secret=f"tls-{number}")
        aged(cluster, 0.7, name=f"tls-{number}", fingerprint_sha256=f"F{number}", subject_names=["*.example.com"])
    tell_of_certificates()
    with django_assert_num_queries(9):
        tell_of_certificates()
