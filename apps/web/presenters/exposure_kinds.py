"""The kind of an exposure's state as a question to the database, so that a list of thousands is filtered there.

Says of every exposure what `exposure_state` says of one, rule by rule; a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import ConditionType
from apps.exposures.models import Exposure

NOTHING = Q(pk__in=[])


class HoldsCondition(Func):
    """Whether `conditions` holds one of this type with the members in `has` and with others than those in `lacks`."""

    output_field = BooleanField()

    def __init__(
        self, kind: ConditionType, *, has: dict[str, str] | None = None, lacks: dict[str, str] | None = None
    ) -> None:
        super().__init__(F("conditions"))
        self.tests = [(name, "=", value) for name, value in {"type": str(kind.value), **(has or {})}.items()]
        self.tests += [(name, "!=", value) for name, value in (lacks or {}).items()]

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """For PostgreSQL, as a JSON path."""
        column, params = compiler.compile(self.source_expressions[0])
        tests = " && ".join(f"@.{name} {sign.rjust(2, '=')} {json.dumps(value)}" for name, sign, value in self.tests)
        return f"jsonb_path_exists({column}, %s::jsonpath)", (*params, f"$[*] ? ({tests})")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """The names are this module's own; values travel beside the query."""
        column, params = compiler.compile(self.source_expressions[0])
        tests = " AND ".join(f"entry.value ->> '{name}' {sign} %s" for name, sign, _value in self.tests)
        found = f"EXISTS (SELECT 1 FROM json_each({column}) AS entry WHERE {tests})"  # noqa: S608 - no text of others
        return found, (*params, *(value for _name, _sign, value in self.tests))


def of_kinds(exposures: QuerySet[Exposure], kinds: Iterable[str]) -> QuerySet[Exposure]:
    """Those whose `exposure_state` has one of the kinds; for exposures that are not deleted."""
    rules, asked = _rules(), set(kinds)
    if "mute" in asked:
        others = [rule for kind, rule in rules.items() if kind not in asked]
        return exposures.exclude(_any(others))
    return exposures.filter(_any(rules[kind] for kind in asked))


def _rules() -> dict[str, Q]:
    """What each kind needs; whatever none of them takes is mute."""
    moving = _newest_is(RequestState.APPROVED, RequestState.DELIVERING)
    retrying = Q(pk__in=_newest(Delivery.objects.filter(state=DeliveryState.RETRYING)))
    failed = _newest_is(RequestState.FAILED)
    waiting = _newest_is(RequestState.PENDING, RequestState.RETURNED, RequestState.STALE)
    absent = Q(live_revision=None)
    serving = Q(HoldsCondition(ConditionType.SERVING, has={"status": "True"}))
    silent = Q(HoldsCondition(ConditionType.SERVING, lacks={"status": "True", "reason": "NoEntry"}))
    still = ~moving & ~failed
    return {
        "run": moving & ~retrying,
        "wait": (moving & retrying) | (still & absent & waiting),
        "bad": failed | (still & absent & _newest_is(RequestState.BLOCKED)) | (still & ~absent & silent),
        "ok": still & ~absent & serving,
    }


def _newest_is(*states: str) -> Q:
    return Q(pk__in=_newest(ChangeRequest.objects.filter(state__in=states)))


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The exposures of those rows that no younger one of the same exposure follows."""
    younger = rows.model.objects.filter(exposure=OuterRef("exposure"), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(younger)).order_by().values("exposure")


def _any(rules: Iterable[Q]) -> Q:
    found = NOTHING
    for rule in rules:
        found |= rule
    return found
