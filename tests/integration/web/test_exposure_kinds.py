"""The filters of the list judge in SQL what the badges judge in Python: over every combination they agree."""

from __future__ import annotations

from itertools import product

import pytest

from apps.approvals.enums import RequestState
from apps.delivery.enums import DeliveryState
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure
from apps.exposures.services import AS_APPLIED, CHANGED_OUTSIDE, GONE, note_condition
from apps.web.presenters.exposure_kinds import KINDS_OF_FILTER, STATE_FILTERS, in_state, with_kind, with_kind_apart
from apps.web.presenters.exposure_state import exposure_state
from tests import factories

SERVING = [("True", "Answers"), ("False", "NotRouted"), ("Unknown", "NoEntry"), ("", "")]
REASONS = {DriftKind.NONE: AS_APPLIED, DriftKind.CHANGED: CHANGED_OUTSIDE, DriftKind.MISSING: GONE}


@pytest.mark.django_db
@pytest.mark.parametrize("delivery", ["", *DeliveryState])
def test_sql_and_badges_agree(delivery: str) -> None:
    cluster, team = factories.make_cluster(), factories.make_team("web")
    states = ["", *RequestState]
    for number, (state, live, serving, drift) in enumerate(product(states, [True, False], SERVING, DriftKind)):
        exposure = factories.make_exposure(cluster, team, host=f"shop-{number}.example.com")
        revision = factories.make_revision(exposure)
        exposure.live_revision = revision if live else None
        if serving[0]:
            note_condition(exposure, ConditionType.SERVING, serving[0], serving[1], "")  # type: ignore[arg-type]
        note_condition(exposure, ConditionType.IN_SYNC, "True", REASONS[drift], "")
        exposure.save()
        if state:
            factories.make_change_request(exposure, revision=revision, state=state)
        if delivery:
            factories.make_delivery(revision, state=delivery)

    found = with_kind(Exposure.objects.with_relations())

    judged = [(one.host, getattr(one, "kind", "")) for one in found]
    assert judged == [(one.host, exposure_state(one).kind) for one in found]
    for name, kinds in KINDS_OF_FILTER.items():
        hosts = {host for host, kind in judged if kind in kinds}
        assert set(in_state(Exposure.objects.all(), name).values_list("host", flat=True)) == hosts
    parts = with_kind_apart(Exposure.objects.all())
    assert sorted((one.host, getattr(one, "kind", "")) for part in parts for one in part) == sorted(judged)


@pytest.mark.django_db
def test_every_filter_means_something() -> None:
    assert set(STATE_FILTERS) - {"drift"} == set(KINDS_OF_FILTER)
    assert sorted(kind for kinds in KINDS_OF_FILTER.values() for kind in kinds) == ["bad", "mute", "ok", "run", "wait"]
    exposure = factories.make_exposure(factories.make_cluster(), factories.make_team("web"))
    assert [one.pk for one in in_state(Exposure.objects.all(), "mute")] == [exposure.pk]
    assert list(in_state(Exposure.objects.all(), "serving")) == []
    assert [one.pk for one in in_state(Exposure.objects.all(), "nonsense")] == [exposure.pk]
