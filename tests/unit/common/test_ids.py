"""Ids are opaque, readable by their prefix, and sort by the time they were made."""

from __future__ import annotations

import re
import time

from apps.common.ids import new_id


def test_id_has_its_prefix_and_a_fixed_length() -> None:
    assert re.fullmatch(r"exp_[0-9a-f]{24}", new_id("exp"))


def test_ids_made_one_after_the_other_sort_in_that_order() -> None:
    made = []
    for _ in range(50):
        made.append(new_id("req"))
        time.sleep(0.00001)
    assert sorted(made) == made


def test_ids_of_one_instant_differ() -> None:
    assert len({new_id("req") for _ in range(1000)}) == 1000
