"""The database and the words agree about the state of every exposure, whatever became of its request and delivery."""

from itertools import product

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.common.conditions import set_condition
from apps.delivery.enums import DeliveryState
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_kinds import of_kinds
from apps.web.presenters.exposure_state import exposure_state, with_state
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = ("ok", "run", "wait", "bad", "mute")
# Status and reason of the condition Serving, or none yet.
PROBES = [None, ("True", "Answers"), ("False", "ServiceFails"), ("False", "NoEntry"), ("Unknown", "Surprise")]


@pytest.fixture
def every_case():
    """An exposure for each state of its newest request, live or not, delivered or trying again, and each probe."""
    cluster, team = factories.make_cluster(), factories.make_team()
    author = factories.make_user(team=team)
    cases = product([None, *RequestState], (True, False), (True, False), PROBES)
    for number, (state, live, retrying, probe) in enumerate(cases):
        exposure = factories.make_exposure(cluster, team, host=f"h{number}.example.net", created_by=author)
        revision = factories.make_revision(exposure)
        if state is not None:
            factories.make_change_request(exposure, revision=revision, state=RequestState.WITHDRAWN)
            factories.make_change_request(exposure, revision=revision, state=state)
        factories.make_delivery(revision, state=DeliveryState.RETRYING if retrying else DeliveryState.LIVE)
        conditions = set_condition([], "Applied", "True", reason="Answers", message="", now=timezone.now())
        if probe is not None:
            status, reason = probe
            conditions = set_condition(conditions, "Serving", status, reason=reason, message="", now=timezone.now())
        changes = {"conditions": conditions, "live_revision": revision if live else None}
        Exposure.objects.filter(pk=exposure.pk).update(**changes)


@pytest.mark.usefixtures("every_case")
def test_filter_finds_by_kind_what_the_state_says():
    found = {kind: set(of_kinds(Exposure.objects.all(), {kind})) for kind in KINDS}
    said = {kind: set() for kind in KINDS}
    for exposure in with_state(Exposure.objects.all()):
        said[exposure_state(exposure).kind].add(exposure)
    assert found == said
    assert all(said.values())


@pytest.mark.usefixtures("every_case")
def test_filter_takes_several_kinds_and_all_of_them():
    attention, wait, bad = (
        set(of_kinds(Exposure.objects.all(), kinds)) for kinds in ({"wait", "bad"}, {"wait"}, {"bad"})
    )
    assert attention == wait | bad
    assert of_kinds(Exposure.objects.all(), KINDS).count() == Exposure.objects.count()
