"""Pages of at most 200 rows for every list of the API: `{"count", "next", "previous", "results"}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

if TYPE_CHECKING:
    # The framework imports this class while its own views module is still loading.
    from rest_framework.views import APIView

Row = TypeVar("Row", bound=Model)


class PageNumberPages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        try:
            return super().paginate_queryset(queryset, request, view) or []
        except NotFound as error:
            raise NotFound(_("There is no such page."), code="page_not_found") from error


def search(rows: QuerySet[Row], text: str, fields: tuple[str, ...]) -> QuerySet[Row]:
    """Rows in which every word of `text` stands in one of the fields."""
    for word in text.split()[:10]:
        condition = Q()
        for field in fields:
            condition |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(condition)
    return rows


def order(rows: QuerySet[Row], text: str, allowed: dict[str, str]) -> QuerySet[Row]:
    """Order by comma-separated names, `-` for descending; the primary key breaks ties, so that pages do not overlap."""
    columns = []
    for name in filter(None, text.split(",")):
        column = allowed.get(name.removeprefix("-"))
        if column is None:
            message = _("Order by one of: %(names)s.") % {"names": ", ".join(allowed)}
            raise ValidationError({"ordering": [message]}, code="unknown_ordering")
        columns.append(f"-{column}" if name.startswith("-") else column)
    return rows.order_by(*columns, "pk") if columns else rows
