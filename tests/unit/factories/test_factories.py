"""Every factory gives a row that the model itself calls valid."""

from __future__ import annotations

import pytest
from django.db.models import Model

from apps.common.errors import NotFound
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_factory_gives_a_valid_row():
    team = factories.make_team("web")
    group = factories.make_approver_group("network", members=[factories.make_user("approver")])
    cluster = factories.make_cluster()
    exposure = factories.make_exposure(cluster, team)
    revision = factories.make_revision(exposure)
    request = factories.make_change_request(exposure, revision=revision)
    stage = factories.make_stage(request)
    rows: list[Model] = [
        team,
        group,
        cluster,
        exposure,
        revision,
        request,
        stage,
        factories.make_grant(team),
        factories.make_zone(team, group),
        factories.make_reserved_host(),
        factories.make_host_claim(team, exposure.host),
        factories.make_namespace(cluster),
        factories.make_service(cluster),
        factories.make_secret(cluster),
        factories.make_ingress_class(cluster),
        factories.make_ingress(cluster, "by-hand.dev.example.net"),
        factories.make_delivery(revision),
        factories.make_decision(stage, factories.make_user("decider")),
        factories.make_token(factories.make_platform_admin())[0],
        factories.make_auditor(),
    ]
    for row in rows:
        row.refresh_from_db()
    assert [type(row).__name__ for row in rows].count("Exposure") == 1
    team.full_clean()


def test_a_token_is_found_by_its_owner_only():
    from apps.accounts.selectors import get_token_of

    token, plaintext = factories.make_token(factories.make_user())
    assert get_token_of(token.user, token.public_id) == token
    assert plaintext.startswith("ptc_")
    with pytest.raises(NotFound):
        get_token_of(factories.make_user(), token.public_id)
