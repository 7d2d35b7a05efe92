"""Two manifests line by line."""

from __future__ import annotations

from apps.web.presenters.manifest_diff import Line, counts, lines_between


def test_lines_keep_what_is_around_a_change() -> None:
    lines = lines_between("a\nb\nc\n", "a\nB\nc\nd\n")
    assert lines == [
        Line("", "a", 1, 1),
        Line("del", "b", 2, None),
        Line("add", "B", None, 2),
        Line("", "c", 3, 3),
        Line("add", "d", None, 4),
    ]
    assert counts(lines) == (2, 1)


def test_nothing_before_is_all_new() -> None:
    assert lines_between("", "a\n") == [Line("add", "a", None, 1)]


def test_equal_texts_have_no_change() -> None:
    assert counts(lines_between("a\nb\n", "a\nb\n")) == (0, 0)
