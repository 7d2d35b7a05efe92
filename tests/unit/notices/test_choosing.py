"""What people want to be told."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.common.errors import InvalidInput
from apps.notices.enums import TOPICS, NoticeKind
from apps.notices.selectors import muted_kinds_of
from apps.notices.services import choose_kinds
from tests import factories

pytestmark = pytest.mark.django_db
ALL = set(NoticeKind.values)


def test_everything_is_told_at_first_and_exactly_what_is_chosen_then():
    ada, ben = factories.make_user("ada"), factories.make_user("ben")
    assert list(muted_kinds_of(ada)) == []
    choose_kinds(by=ada, kinds=ALL - {"request_live", "token_expiring"})
    assert sorted(muted_kinds_of(ada)) == ["request_live", "token_expiring"]
    choose_kinds(by=ada, kinds=ALL - {"token_expiring"})
    assert (sorted(muted_kinds_of(ada)), list(muted_kinds_of(ben))) == (["token_expiring"], [])


def test_choice_is_audited_when_it_changes_something():
    ada = factories.make_user("ada")
    choose_kinds(by=ada, kinds=ALL)
    choose_kinds(by=ada, kinds=ALL - {"request_live"})
    choose_kinds(by=ada, kinds=ALL - {"request_live"})
    [event] = AuditEvent.objects.all()
    assert (event.verb, event.before, event.after) == (
        "user.notices_chosen",
        {"muted": []},
        {"muted": ["request_live"]},
    )


def test_unknown_kind_is_refused():
    with pytest.raises(InvalidInput):
        choose_kinds(by=factories.make_user(), kinds={"weather"})


def test_every_kind_is_offered_under_exactly_one_topic():
    offered = [kind for kinds in TOPICS.values() for kind in kinds]
    assert sorted(offered) == sorted(NoticeKind.values)
