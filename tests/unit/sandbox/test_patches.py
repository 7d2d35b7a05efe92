"""The patch formats, as pure functions."""

from typing import Any

import pytest

from sandbox.errors import ApiError
from sandbox.patches import json_patch, merge_patch, strategic_merge_patch


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_follows_the_rfc(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/b", "value": 2}, {"a": [1, 2], "b": 2}),
        ({"op": "add", "path": "/a/-", "value": 3}, {"a": [1, 2, 3]}),
        ({"op": "add", "path": "/a/0", "value": 0}, {"a": [0, 1, 2]}),
        ({"op": "remove", "path": "/a/0"}, {"a": [2]}),
        ({"op": "replace", "path": "/a", "value": "x"}, {"a": "x"}),
        ({"op": "copy", "from": "/a/0", "path": "/c"}, {"a": [1, 2], "c": 1}),
        ({"op": "move", "from": "/a", "path": "/x~1y"}, {"x/y": [1, 2]}),
        ({"op": "test", "path": "/a/1", "value": 2}, {"a": [1, 2]}),
        ({"op": "replace", "path": "", "value": {}}, {}),
    ],
)
def test_json_patch_operation(operation: dict[str, Any], result: Any) -> None:
    target = {"a": [1, 2]}

    assert json_patch(target, [operation]) == result
    assert target == {"a": [1, 2]}


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "remove", "path": "/nope"}],
        [{"op": "replace", "path": "/nope", "value": 1}],
        [{"op": "add", "path": "/no/way", "value": 1}],
        [{"op": "test", "path": "/a", "value": 1}],
        [{"op": "dance", "path": "/a", "from": "/a"}],
        [{"path": "/a"}],
        {"op": "add"},
        5,
    ],
)
def test_json_patch_that_does_not_fit_is_refused(patch: Any) -> None:
    with pytest.raises(ApiError) as refusal:
        json_patch({"a": [1, 2]}, patch)

    assert refusal.value.code == 422


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"ports": [{"port": 1}]}, {"ports": [{"port": 2}]}, {"ports": [{"port": 1}, {"port": 2}]}),
        ({"ports": [{"port": 1, "a": 1}]}, {"ports": [{"port": 1, "b": 2}]}, {"ports": [{"port": 1, "a": 1, "b": 2}]}),
        ({"ports": [{"port": 1}]}, {"ports": [{"port": 1, "$patch": "delete"}]}, {"ports": []}),
        ({"ports": [{"port": 1}]}, {"ports": [{"port": 2}, {"$patch": "replace"}]}, {"ports": [{"port": 2}]}),
        ({"rules": [1, 2]}, {"rules": [3]}, {"rules": [3]}),
        ({"finalizers": ["a", "b"]}, {"finalizers": ["b", "c"]}, {"finalizers": ["a", "b", "c"]}),
        ({"finalizers": ["a", "b"]}, {"$deleteFromPrimitiveList/finalizers": ["a"]}, {"finalizers": ["b"]}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"$patch": "replace", "d": 3}}, {"a": {"d": 3}}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"$retainKeys": ["b"]}}, {"a": {"b": 1}}),
        ({"a": 1}, {"a": None}, {}),
    ],
)
def test_strategic_merge_patch(target: Any, patch: Any, result: Any) -> None:
    assert strategic_merge_patch(target, patch) == result
