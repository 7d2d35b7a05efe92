"""What differs between two specs of an exposure, in the words of the request pages."""

from __future__ import annotations

from typing import Any

from apps.exposures.models import Revision
from apps.web.presenters.requests import Change, compare_spoken, spoken_spec


def changes_between(before: dict[str, Any] | None, after: dict[str, Any], namespace: str) -> list[Change]:
    """Rows of the component field_diff. What certificates looked like is left out: the specs only name them."""
    return compare_spoken(_spoken(before, namespace) if before else {}, _spoken(after, namespace))


def _spoken(spec: dict[str, Any], namespace: str) -> dict[str, str]:
    return spoken_spec(Revision(spec=spec, facts={}), namespace)
