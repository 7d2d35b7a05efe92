"""The draft behind one rendering of the exposure form: which one is meant, saving it, and what the page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.errors import PortalError
from apps.common.ids import new_id
from apps.drafts.models import ExposureDraft
from apps.drafts.selectors import find_draft_of
from apps.drafts.services import Content, Page, discard_draft, save_draft
from apps.web.once import was_done
from apps.web.presenters.exposure_choices import Offer

REMEMBERED_SECONDS = 3600
# What belongs to one window only.
NOT_KEPT = ("token", "find")


@dataclass(frozen=True, slots=True)
class DraftState:
    """`seen` is the version that this page shows. `is_elsewhere`: another window saved other content in between."""

    id: str
    seen: int = 0
    saved_at: datetime | None = None
    is_elsewhere: bool = False
    problem: str = ""


def new_state() -> DraftState:
    """Of a page on which nothing was typed yet; its draft begins under this id with the first letter."""
    return DraftState(new_id("dft"))


def shown_state(draft: ExposureDraft) -> DraftState:
    """Of a page that has just read the draft."""
    return DraftState(draft.pk, draft.version, draft.updated_at)


def state_of(draft: ExposureDraft, page: Page) -> DraftState:
    """Of a page that showed the version `page.seen`, or was the last to save."""
    if draft.saved_by == page.id:
        return DraftState(draft.pk, draft.version, draft.updated_at, is_elsewhere=bool(draft.replaced))
    if draft.version != page.seen:
        return DraftState(draft.pk, page.seen, is_elsewhere=True)
    return shown_state(draft)


def look_at(user: User, draft_id: str, page: Page) -> DraftState:
    """Of a page that asks without having anything to save."""
    draft = find_draft_of(user, draft_id)
    return state_of(draft, page) if draft is not None else DraftState(draft_id)


def keep(user: User, offer: Offer, draft_id: str, page: Page) -> DraftState:
    """Save what the form states. What hinders that is said on the page; it never stands in the way of the form."""
    values = {name: value for name, value in offer.draft.as_values().items() if name not in NOT_KEPT}
    content = Content(values, offer.draft.cluster, offer.draft.namespace, offer.stated_host)
    try:
        draft = save_draft(by=user, draft_id=draft_id, page=page, content=content, exposure=offer.exposure)
    except PortalError as error:
        return DraftState(draft_id, page.seen, problem=error.message or _("This draft could not be kept."))
    if was_done(page.id, user.pk):
        # The form was sent while this save was under way.
        discard_draft(by=user, draft_id=draft.pk)
        return DraftState(draft_id)
    return state_of(draft, page)


def finish(user: User, draft_id: str, exposure_id: str) -> None:
    """The draft was sent; for a while the address remembers what became of it, for the back button."""
    discard_draft(by=user, draft_id=draft_id)
    cache.set(_sent_key(user, draft_id), exposure_id, REMEMBERED_SECONDS)


def sent_as(user: User, draft_id: str) -> str:
    """The exposure that the draft was sent for; empty when it was not, or long ago."""
    return cache.get(_sent_key(user, draft_id)) or ""


def page_named(token: str, seen: str) -> Page:
    return Page(token[:60], int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0)


def _sent_key(user: User, draft_id: str) -> str:
    return f"draft-sent:{user.pk}:{draft_id[:40]}"
