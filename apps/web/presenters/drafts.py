"""Drafts as rows of a list: what its owner knows each by, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.drafts.models import ExposureDraft
from apps.drafts.selectors import list_drafts_of

SHOWN = 3


@dataclass(frozen=True, slots=True)
class DraftRow:
    draft: ExposureDraft
    title: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class DraftList:
    """The newest drafts; `more` are those that are folded away."""

    rows: list[DraftRow]
    more: list[DraftRow]


def drafts_for(user: User) -> DraftList:
    rows = [_row(draft) for draft in list_drafts_of(user)]
    return DraftList(rows[:SHOWN], rows[SHOWN:])


def draft_url(draft: ExposureDraft, **stated: str) -> str:
    """Where it goes on; `stated` fields stand above those of the draft."""
    place = reverse("web:exposure_new")
    if draft.exposure_id:
        place = reverse("web:exposure_edit", args=[draft.exposure_id])
    return f"{place}?{urlencode({'draft': draft.pk, **stated})}"


def _row(draft: ExposureDraft) -> DraftRow:
    title = draft.title
    if draft.exposure is not None:
        title = _("Change of %(host)s") % {"host": draft.exposure.host}
    place = " / ".join(filter(None, [draft.cluster_name, draft.namespace]))
    return DraftRow(draft, title, place, draft_url(draft))
