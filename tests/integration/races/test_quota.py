"""The last place of a limit is given once, however many ask for it at the same instant."""

from __future__ import annotations

from apps.accounts.models import NamespaceGrant, Team
from apps.exposures.models import Exposure
from tests.integration.races.contest import ROUNDS, race, refusals
from tests.integration.races.test_submissions import creation
from tests.integration.races.truths import assert_all_truths
from tests.unit.approvals.world import World


def broken(answers: list[object]) -> list[str]:
    return [error.code for refusal in refusals(answers) for error in refusal.errors]  # type: ignore[attr-defined]


def test_two_creations_do_not_both_take_the_teams_last_place(world: World) -> None:
    for number in range(ROUNDS):
        Team.objects.filter(name="web").update(exposure_limit=Exposure.objects.count() + 1)

        answers = race(
            creation(world, f"one-{number}.example.com"), creation(world, f"two-{number}.example.com", by="colleague")
        )

        assert broken(answers) == ["quota_exceeded"]
        assert Exposure.objects.count() == number + 1
    assert_all_truths()


def test_two_creations_do_not_both_take_the_namespaces_last_place(world: World) -> None:
    for number in range(ROUNDS):
        NamespaceGrant.objects.filter(namespace="web").update(exposure_limit=Exposure.objects.count() + 1)

        answers = race(
            creation(world, f"one-{number}.example.com"), creation(world, f"two-{number}.example.com", by="colleague")
        )

        assert broken(answers) == ["quota_exceeded"]
        assert Exposure.objects.count() == number + 1
