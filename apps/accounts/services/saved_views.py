"""Filters that a person keeps under a name: saved, renamed and deleted by their owner, seen by nobody else."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import SavedView, User
from apps.accounts.services.cleaning import clean_or_refuse, invalid
from apps.audit.services import record
from apps.common.errors import Conflict, NotFound, Violation

# More than this nobody finds again, and a list of chips would not show.
MAX_VIEWS = 20


@transaction.atomic
def save_view(*, by: User, page: str, name: str, query: str) -> SavedView:
    """Keep the filters `query` of a list. Raises InvalidInput, Conflict when the name or every place is taken."""
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    view = SavedView(owner=by, page=page, name=name.strip(), query=query)
    if not query:
        message = _("Choose filters first, then save them.")
        raise invalid([Violation("required", "query", message)])
    clean_or_refuse(view)
    _refuse_taken(view)
    if SavedView.objects.filter(owner=by, page=page).count() >= MAX_VIEWS:
        raise Conflict(_("You have %(count)d views of this list. Delete one first.") % {"count": MAX_VIEWS})
    view.save(force_insert=True)
    _record("view.saved", by, view, after={"page": view.page, "query": view.query})
    return view


@transaction.atomic
def rename_view(*, by: User, view: SavedView, name: str) -> SavedView:
    """Raises NotFound for views of others, InvalidInput, Conflict when the name is taken."""
    view = _own(by, view)
    before, view.name = view.name, name.strip()
    clean_or_refuse(view)
    _refuse_taken(view)
    view.save(update_fields=["name"])
    _record("view.renamed", by, view, before={"name": before}, after={"name": view.name})
    return view


@transaction.atomic
def delete_view(*, by: User, view: SavedView) -> None:
    view = _own(by, view)
    _record("view.deleted", by, view, before={"page": view.page, "query": view.query})
    view.delete()


def _own(by: User, view: SavedView) -> SavedView:
    found = SavedView.objects.select_for_update().filter(pk=view.pk, owner=by).first()
    if found is None:
        raise NotFound(_("There is no such view."), code="view_not_found")
    return found


def _refuse_taken(view: SavedView) -> None:
    same = SavedView.objects.filter(owner=view.owner, page=view.page, name=view.name).exclude(pk=view.pk)
    if same.exists():
        message = _("You have a view called %(name)s already.") % {"name": view.name}
        raise Conflict(message, code="view_exists")


def _record(
    verb: str, by: User, view: SavedView, *, before: dict[str, str] | None = None, after: dict[str, str] | None = None
) -> None:
    record(
        verb, by=by, object_type="view", object_id=view.pk, object_name=view.name, before=before, after=after
    )  # fmt: skip
