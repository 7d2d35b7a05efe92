"""The checklist of a new installation: every line is ticked by its own fact, and only platform admins see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.exposures.models import Exposure
from apps.web.presenters.setup import Setup, setup_of
from tests import factories

pytestmark = pytest.mark.django_db


def open_setup(admin: User) -> Setup:
    setup = setup_of(admin)
    assert setup is not None
    return setup


def cluster(*, reachable: bool = True, wildcard_domain: str = "") -> None:
    factories.make_cluster("dev-1", reachable=reachable, wildcard_domain=wildcard_domain)


def planned_exposure() -> Exposure:
    silent = factories.make_cluster("dev-9", reachable=False, wildcard_domain="")
    return factories.make_exposure(silent, factories.make_team("web"))


def live_exposure() -> None:
    exposure = planned_exposure()
    exposure.live_revision = factories.make_revision(exposure)
    exposure.save()


def granted(cluster_name: str) -> None:
    factories.make_cluster("dev-1", reachable=False, wildcard_domain="")
    factories.make_grant(factories.make_team("web"), cluster_name, "web")


def group(*, is_active: bool = True) -> None:
    factories.make_approver_group("network", members=[factories.make_user("ann", is_active=is_active)])


FACTS: list[tuple[Callable[[], object], list[str]]] = [
    (lambda: None, []),
    (cluster, ["cluster"]),
    (lambda: cluster(reachable=False), []),
    (lambda: cluster(reachable=False, wildcard_domain="dev.example.net"), ["name"]),
    (lambda: factories.make_team("web"), []),
    (lambda: factories.make_user("ada", team=factories.make_team("web")), ["team"]),
    (lambda: factories.make_user("ada", team=factories.make_team("web"), is_active=False), []),
    (lambda: granted("dev-1"), ["namespace"]),
    (lambda: granted("gone-1"), []),
    (lambda: factories.make_approver_group("network"), []),
    (group, ["approvers"]),
    (lambda: group(is_active=False), []),
    (lambda: factories.make_zone(factories.make_team("web"), factories.make_approver_group("network")), ["name"]),
    (planned_exposure, ["team"]),
    (live_exposure, ["team", "live"]),
]


@pytest.mark.parametrize(("arrange", "done"), FACTS)
def test_setup_ticks_off_what_is_true(arrange, done):
    admin = factories.make_platform_admin()
    arrange()
    assert [step.name for step in open_setup(admin).steps if step.done] == done


def test_setup_is_nobody_elses_business():
    people = [factories.make_user(), factories.make_auditor()]
    assert [setup_of(person) for person in people] == [None, None]


def test_setup_shows_the_next_step_and_where_to_do_it():
    admin = factories.make_platform_admin()
    cluster()
    setup = open_setup(admin)
    assert (setup.done, setup.next_step.name, setup.next_step.url) == (1, "team", reverse("web:team_list"))


def test_setup_is_gone_when_all_is_done(django_assert_num_queries):
    admin = factories.make_platform_admin()
    team = factories.make_team("web")
    factories.make_user("ada", team=team)
    one = factories.make_cluster("dev-1", wildcard_domain="dev.example.net")
    factories.make_grant(team, "dev-1", "web")
    group()
    exposure = factories.make_exposure(one, team)
    with django_assert_num_queries(2):
        almost = open_setup(admin)
    exposure.live_revision = factories.make_revision(exposure)
    exposure.save()
    assert (almost.next_step.name, almost.done, setup_of(admin)) == ("live", 5, None)
