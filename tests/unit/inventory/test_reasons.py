"""Texts of warnings: one per code of the gateway, the same in English, and stored words for what is unknown."""

from __future__ import annotations

from apps.inventory.reasons import REASON_TEXTS, WARNING_TEXTS, shown_reason
from apps.kube.certificates import REASONS, WARNINGS


def test_every_code_has_a_text_equal_to_the_gateways():
    known = REASONS | WARNINGS

    assert (set(REASON_TEXTS), set(WARNING_TEXTS)) == (set(REASONS), set(WARNINGS))
    assert {code: shown_reason({"code": code}) for code in known} == {
        code: {"code": code, "message": reason.message, "hint": reason.hint} for code, reason in known.items()
    }
