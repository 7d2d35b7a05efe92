"""Saves, settles, discards and forgets drafts. Every save may race with one from another window of the same person."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.errors import Conflict, InvalidInput
from apps.common.ids import new_id
from apps.common.storable import storable, storable_json
from apps.drafts.models import ExposureDraft
from apps.exposures.models import Exposure

MAX_DRAFTS = 50
MAX_BYTES = 64 * 1024
KEPT_FOR = timedelta(days=30)
DRAFT_ID = re.compile(r"dft_[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Page:
    """The page that saves: `id` tells windows apart, `seen` is the version that it showed or saved last."""

    id: str
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """The form's fields as typed, and what a list of drafts says of them."""

    values: Mapping[str, str]
    cluster_name: str = ""
    namespace: str = ""
    host: str = ""


def save_draft(
    *, by: User, draft_id: str, page: Page, content: Content, exposure: Exposure | None = None
) -> ExposureDraft:
    """The later save wins; what another window had saved in between is kept in `replaced`.

    A draft that is gone, or was never there, begins anew. Raises InvalidInput when it is too large to be kept, and
    Conflict when the person has too many.
    """
    values = storable_json(dict(content.values))
    if len(json.dumps(values, ensure_ascii=False).encode()) > MAX_BYTES:
        raise InvalidInput(_("This is too much to be kept as a draft."), code="draft_too_large")
    content = replace(content, values=values)
    try:
        return _save(by, draft_id, page, content, exposure)
    except IntegrityError:
        # The first save of another window, or of a page that is being left, was quicker; now there is a row to lock.
        return _save(by, draft_id, page, content, exposure)


@transaction.atomic
def _save(by: User, draft_id: str, page: Page, content: Content, exposure: Exposure | None) -> ExposureDraft:
    values = dict(content.values)
    draft = ExposureDraft.objects.select_for_update().filter(pk=draft_id, owner=by).first()
    if draft is None:
        draft = _begin(by, draft_id, exposure)
    elif draft.values == values:
        return draft
    elif draft.saved_by != page.id and draft.version != page.seen:
        draft.replaced = draft.values
    draft.values = values
    draft.cluster_name, draft.namespace = storable(content.cluster_name)[:63], storable(content.namespace)[:63]
    draft.host = storable(content.host)[:320]
    draft.saved_by, draft.version = page.id, draft.version + 1
    draft.save()
    return draft


@transaction.atomic
def keep_mine(*, by: User, draft_id: str, page: Page) -> None:
    """What this page saved stands; what it replaced is given up."""
    drafts = ExposureDraft.objects.select_for_update().filter(pk=draft_id, owner=by, saved_by=page.id)
    drafts.update(replaced={})


@transaction.atomic
def load_other(*, by: User, draft_id: str, page: Page) -> None:
    """What this page's save replaced is the draft again. Without such a save the draft is the other one already."""
    draft = ExposureDraft.objects.select_for_update().filter(pk=draft_id, owner=by, saved_by=page.id).first()
    if draft is None or not draft.replaced:
        return
    draft.values, draft.replaced = draft.replaced, {}
    draft.version += 1
    draft.save()


def discard_draft(*, by: User, draft_id: str) -> None:
    """It was sent, or is not wanted any more; once is as good as twice."""
    ExposureDraft.objects.filter(pk=draft_id, owner=by).delete()


def forget_old_drafts(*, now: datetime) -> int:
    """Nobody touched them for 30 days; how many there were."""
    return ExposureDraft.objects.filter(updated_at__lt=now - KEPT_FOR).delete()[0]


def _is_full(by: User) -> bool:
    """Makes room by giving up the oldest draft in which nobody wrote anything: only choices that are made again."""
    drafts = ExposureDraft.objects.filter(owner=by)
    if drafts.count() < MAX_DRAFTS:
        return False
    blank = next(
        (draft for draft in drafts.order_by("updated_at") if not (draft.host or draft.values.get("reason"))), None
    )
    if blank is None:
        return True
    blank.delete()
    return False


def _begin(by: User, draft_id: str, exposure: Exposure | None) -> ExposureDraft:
    """Under the id that the page chose, so that its address holds from the first letter on, unless it is not free."""
    if _is_full(by):
        message = _("You have %(count)d drafts. Discard some, so that new ones can be kept.") % {"count": MAX_DRAFTS}
        raise Conflict(message, code="too_many_drafts")
    is_free = DRAFT_ID.fullmatch(draft_id) and not ExposureDraft.objects.filter(pk=draft_id).exists()
    return ExposureDraft(pk=draft_id if is_free else new_id("dft"), owner=by, exposure=exposure, version=0)
