"""Two schedulers find the same at the same instant: everybody is told once, and neither trips over the other."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.exposures.certificate_notices import tell_of_certificates
from apps.inventory.models import Secret
from apps.notices.models import Notice
from tests import factories
from tests.integration.races.contest import ROUNDS, race, refusals
from tests.unit.approvals.world import World

CERTIFICATES = 20


def test_certificates_are_told_once_by_two_schedulers(world: World) -> None:
    begin = timezone.now() - timedelta(days=70)
    Secret.objects.all().delete()
    for number in range(CERTIFICATES):
        factories.make_secret(
            world.cluster,
            f"tls-{number}",
            fingerprint_sha256=f"F{number}",
            not_before=begin,
            not_after=begin + timedelta(days=90),
        )
    for _ in range(ROUNDS):
        Notice.objects.all().delete()
        answers = race(tell_of_certificates, tell_of_certificates)
        assert refusals(answers) == []
        # developer, colleague and maintainer of team web
        assert Notice.objects.count() == CERTIFICATES * 3
