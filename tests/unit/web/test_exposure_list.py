"""The addresses of filters: one changed, the others kept, the page forgotten."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from apps.web.presenters.exposure_list import chip_menu, with_filter


@pytest.mark.parametrize(
    ("query", "value", "address"),
    [
        ("", "", "?"),
        ("", "dev-1", "?cluster=dev-1"),
        ("page=3", "dev-1", "?cluster=dev-1"),
        ("cluster=test-1&page=3", "", "?"),
        ("q=a+b&cluster=test-1&team=web", "dev-1", "?q=a+b&team=web&cluster=dev-1"),
        ("q=%C3%A4%26&cluster=test-1", "a/b &c", "?q=%C3%A4%26&cluster=a%2Fb+%26c"),
    ],
)
def test_filter_changes_only_itself(query, value, address):
    assert with_filter(QueryDict(query), "cluster", value) == address


def test_menu_leads_to_each_value_and_back():
    options = chip_menu("cluster", "Cluster", {"dev-1": "dev-1"}, QueryDict("cluster=dev-1&q=x")).options
    assert [(option.query, option.active) for option in options] == [("?q=x", False), ("?q=x&cluster=dev-1", True)]
