"""Drafts as rows: saved, shared by two windows, bounded, private, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import Conflict, InvalidInput, NotFound
from apps.common.ids import new_id
from apps.drafts import services
from apps.drafts.models import ExposureDraft
from apps.drafts.selectors import find_draft_of, get_draft_of, list_drafts_of, newest_draft_for
from apps.drafts.services import (
    Content,
    Page,
    discard_draft,
    forget_old_drafts,
    keep_mine,
    load_other,
    save_draft,
)
from apps.drafts.tasks import forget_old
from tests import factories

pytestmark = pytest.mark.django_db
HERE, THERE = "form_here", "form_there"


@pytest.fixture
def owner() -> User:
    return factories.make_user("developer")


def save(owner: User, draft_id: str, page: str = HERE, *, seen: int = 0, **values: str) -> ExposureDraft:
    content = Content(values, values.get("cluster", ""), "web", values.get("host", ""))
    return save_draft(by=owner, draft_id=draft_id, page=Page(page, seen), content=content)


def test_first_save_begins_the_draft_under_the_id_of_its_page(owner):
    draft_id = new_id("dft")
    draft = save(owner, draft_id, cluster="dev-1", host="shop.dev.example.net")
    assert (draft.pk, draft.version, draft.saved_by) == (draft_id, 1, HERE)
    kept = ExposureDraft.objects.get()
    assert kept.values == {"cluster": "dev-1", "host": "shop.dev.example.net"}
    assert (kept.cluster_name, kept.namespace, kept.host) == ("dev-1", "web", "shop.dev.example.net")
    assert kept.title == "shop.dev.example.net"


def test_title_falls_back_to_the_service_and_then_to_words(owner):
    assert save(owner, "", service="shop").title == "shop"
    assert save(owner, "", reason="Because").title == "An exposure without a name yet"


def test_saving_again_counts_only_what_changed(owner):
    draft = save(owner, new_id("dft"), host="a")
    assert save(owner, draft.pk, host="a").version == 1
    again = save(owner, draft.pk, host="b")
    assert (again.version, again.values, again.replaced) == (2, {"host": "b"}, {})


def test_later_save_of_another_window_wins_and_keeps_what_it_replaced(owner):
    draft = save(owner, new_id("dft"), host="start")
    save(owner, draft.pk, HERE, seen=1, host="here")
    later = save(owner, draft.pk, THERE, seen=1, host="there")
    assert (later.values, later.replaced, later.saved_by) == ({"host": "there"}, {"host": "here"}, THERE)
    load_other(by=owner, draft_id=draft.pk, page=Page(THERE))
    draft.refresh_from_db()
    assert (draft.values, draft.replaced, draft.version) == ({"host": "here"}, {}, 4)


def test_window_that_saw_the_newest_version_replaces_nothing(owner):
    draft = save(owner, new_id("dft"), host="start")
    assert save(owner, draft.pk, THERE, seen=draft.version, host="there").replaced == {}


def test_keeping_mine_gives_up_what_was_replaced(owner):
    draft = save(owner, new_id("dft"), host="start")
    save(owner, draft.pk, THERE, host="there")
    keep_mine(by=owner, draft_id=draft.pk, page=Page(HERE))
    draft.refresh_from_db()
    assert draft.replaced == {"host": "start"}
    keep_mine(by=owner, draft_id=draft.pk, page=Page(THERE))
    draft.refresh_from_db()
    assert (draft.values, draft.replaced) == ({"host": "there"}, {})


def test_loading_without_having_replaced_anything_changes_nothing(owner):
    draft = save(owner, new_id("dft"), host="start")
    load_other(by=owner, draft_id=draft.pk, page=Page(HERE))
    load_other(by=owner, draft_id=draft.pk, page=Page(THERE))
    draft.refresh_from_db()
    assert (draft.values, draft.version) == ({"host": "start"}, 1)


@pytest.mark.parametrize("draft_id", ["", "dft_short", "exp_06515d2c8a2f1a2b3c4d5e6f", "dft_'; drop table"])
def test_id_that_is_none_of_ours_is_not_taken_over(owner, draft_id):
    made = save(owner, draft_id, host="a").pk
    assert made != draft_id
    assert services.DRAFT_ID.fullmatch(made)


def test_draft_of_somebody_else_is_neither_seen_nor_touched(owner):
    theirs = save(factories.make_user("colleague"), new_id("dft"), host="theirs")
    mine = save(owner, theirs.pk, host="mine")
    assert mine.pk != theirs.pk
    discard_draft(by=owner, draft_id=theirs.pk)
    keep_mine(by=owner, draft_id=theirs.pk, page=Page(HERE))
    load_other(by=owner, draft_id=theirs.pk, page=Page(HERE))
    theirs.refresh_from_db()
    assert theirs.values == {"host": "theirs"}
    assert list(list_drafts_of(owner)) == [mine]
    assert find_draft_of(owner, theirs.pk) is None
    with pytest.raises(NotFound):
        get_draft_of(owner, theirs.pk)


def test_platform_admin_sees_no_draft_of_others(owner):
    theirs = save(owner, new_id("dft"), host="theirs")
    assert find_draft_of(factories.make_platform_admin(), theirs.pk) is None


def test_draft_is_bounded_in_size_and_number(owner, monkeypatch):
    with pytest.raises(InvalidInput, match="too much"):
        save(owner, "", reason="x" * services.MAX_BYTES)
    monkeypatch.setattr(services, "MAX_DRAFTS", 2)
    kept = [save(owner, new_id("dft"), host=str(number)) for number in range(2)]
    with pytest.raises(Conflict, match="2 drafts"):
        save(owner, new_id("dft"), host="one too many")
    assert save(owner, kept[0].pk, host="changed").values == {"host": "changed"}


def test_full_desk_gives_up_the_oldest_draft_in_which_nobody_wrote(owner, monkeypatch):
    monkeypatch.setattr(services, "MAX_DRAFTS", 3)
    written = save(owner, new_id("dft"), reason="Words.")
    blank, younger = save(owner, new_id("dft"), service="shop"), save(owner, new_id("dft"), service="docs")
    new = save(owner, new_id("dft"), service="shop")
    assert set(ExposureDraft.objects.all()) == {written, younger, new}
    assert blank not in ExposureDraft.objects.all()


def test_text_that_no_database_takes_is_made_storable(owner):
    draft = save(owner, "", reason="a\x00b", host="c\ud800", cluster="x" * 80)
    draft.refresh_from_db()
    assert (draft.values["reason"], draft.host, len(draft.cluster_name)) == ("ab", "c?", 63)


def test_drafts_untouched_for_thirty_days_are_forgotten(owner):
    old, young = save(owner, new_id("dft"), host="old"), save(owner, new_id("dft"), host="young")
    now = timezone.now()
    ExposureDraft.objects.filter(pk=old.pk).update(updated_at=now - timedelta(days=30, seconds=1))
    ExposureDraft.objects.filter(pk=young.pk).update(updated_at=now - timedelta(days=29))
    assert forget_old_drafts(now=now) == 1
    assert list(ExposureDraft.objects.all()) == [young]
    ExposureDraft.objects.update(updated_at=now - timedelta(days=31))
    forget_old()
    assert ExposureDraft.objects.count() == 0


def test_changes_of_an_exposure_end_with_it(owner):
    exposure = factories.make_exposure(factories.make_cluster(), factories.make_team())
    content = Content({"port": "http"})
    draft = save_draft(by=owner, draft_id="", page=Page(HERE), content=content, exposure=exposure)
    assert newest_draft_for(owner, exposure) == draft
    assert list(list_drafts_of(owner)) == [draft]
    exposure.deleted_at = timezone.now()
    exposure.save()
    assert list(list_drafts_of(owner)) == []
