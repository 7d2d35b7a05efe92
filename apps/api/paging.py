"""Pages of at most 200 rows for every list of the API."""

from rest_framework.pagination import PageNumberPagination


class PageNumberPages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 200
