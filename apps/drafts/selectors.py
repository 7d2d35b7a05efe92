"""Reads of drafts: everybody sees the own ones, nobody sees those of others, whatever their role (S5)."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.common.errors import NotFound
from apps.drafts.models import ExposureDraft
from apps.exposures.models import Exposure


def list_drafts_of(user: User) -> QuerySet[ExposureDraft]:
    """The newest first, without those of exposures that have been deleted meanwhile."""
    return ExposureDraft.objects.filter(owner=user, exposure__deleted_at=None).select_related("exposure")


def find_draft_of(user: User, draft_id: str) -> ExposureDraft | None:
    return ExposureDraft.objects.filter(owner=user, pk=draft_id).first() if draft_id else None


def get_draft_of(user: User, draft_id: str) -> ExposureDraft:
    draft = find_draft_of(user, draft_id)
    if draft is None:
        raise NotFound(code="draft_not_found")
    return draft


def newest_draft_for(user: User, exposure: Exposure) -> ExposureDraft | None:
    """The change of this exposure that the person began last."""
    return ExposureDraft.objects.filter(owner=user, exposure=exposure).first()
