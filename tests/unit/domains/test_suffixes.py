"""Public suffixes by the list that ships with the product."""

from __future__ import annotations

import pytest

from apps.domains.suffixes import is_public_suffix


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("com", True),
        ("co.uk", True),
        ("github.io", True),
        ("xn--55qx5d.cn", True),
        ("anything.ck", True),
        ("www.ck", False),
        ("example.com", False),
        ("example.co.uk", False),
        ("dev.localhost", False),
        ("corp.internal", False),
    ],
)
def test_is_public_suffix(domain: str, expected: bool) -> None:
    assert is_public_suffix(domain) is expected
