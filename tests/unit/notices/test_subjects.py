"""What a reader still learns of each subject: all of it, the sentence without a page, or nothing."""

from __future__ import annotations

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.services.tokens import revoke_token
from apps.notices.enums import SubjectType
from apps.notices.selectors import shown_notices
from apps.notices.subjects import Subject, seen_by
from tests import factories
from tests.unit.approvals.world import World, make_world

pytestmark = pytest.mark.django_db
WITHHELD = "This was about something that you may no longer see."


@pytest.fixture
def world() -> World:
    return make_world()


def seen(user: User, subject_type: SubjectType, subject_id: str) -> bool | None:
    subject = Subject(subject_type, subject_id)
    return seen_by(user, [subject]).get(subject)


@pytest.mark.parametrize(
    ("subject_type", "readers"),
    [
        (SubjectType.REQUEST, {"developer", "viewer", "approver", "platform", "auditor"}),
        (SubjectType.EXPOSURE, {"developer", "viewer", "platform", "auditor"}),
        (SubjectType.CERTIFICATE, {"developer", "viewer", "platform", "auditor"}),
        (SubjectType.CLUSTER, {"developer", "viewer", "stranger", "platform", "auditor"}),
        (SubjectType.TEAM, {"developer", "viewer", "platform", "auditor"}),
    ],
)
def test_who_sees_what(world, subject_type, readers):
    request = world.ask(tls="shop-tls")
    ids = {
        SubjectType.REQUEST: request.pk,
        SubjectType.EXPOSURE: request.exposure_id,
        SubjectType.CERTIFICATE: "dev-1/web/shop-tls",
        SubjectType.CLUSTER: "dev-1",
        SubjectType.TEAM: "web",
    }
    asked = ("developer", "viewer", "stranger", "approver", "platform", "auditor")
    assert {name for name in asked if seen(world.people[name], subject_type, ids[subject_type])} == readers


def test_certificate_that_is_gone_keeps_its_sentence(world):
    gone = "dev-1/web/removed-tls"
    assert seen(world.people["developer"], SubjectType.CERTIFICATE, gone) is False
    assert seen(world.people["platform"], SubjectType.CERTIFICATE, gone) is False
    assert seen(world.people["stranger"], SubjectType.CERTIFICATE, gone) is None


def test_revoked_token_keeps_its_sentence():
    ada = factories.make_user("ada")
    token, _plaintext = factories.make_token(ada)
    assert seen(ada, SubjectType.TOKEN, token.public_id) is True
    revoke_token(by=ada, token=token)
    assert seen(ada, SubjectType.TOKEN, token.public_id) is False


def test_who_left_the_team_learns_nothing_any_more(world):
    request = world.ask(tls="shop-tls")
    developer = world.people["developer"]
    notice = factories.make_notice(developer, subject_type=SubjectType.REQUEST, subject_id=request.pk)
    [before] = shown_notices(developer, [notice])
    developer.memberships.all().delete()
    [after] = shown_notices(User.objects.get(pk=developer.pk), [notice])
    assert (before.sentence, before.has_page) == ("Cluster dev-1 answers again.", True)
    assert (after.sentence, after.has_page) == (WITHHELD, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_notices_costs_the_same_for_any_number(count, django_assert_num_queries):
    team = factories.make_team("web")
    ada = factories.make_user("ada", team=team, role=Role.MAINTAINER)
    factories.make_cluster()
    factories.make_grant(team)
    notices = [factories.make_notice(ada, once_key=f"{number}") for number in range(count)]
    notices += [
        factories.make_notice(ada, subject_type=SubjectType.TEAM, subject_id="web", once_key=f"team-{number}")
        for number in range(count)
    ]
    with django_assert_num_queries(2):
        shown_notices(ada, notices)
