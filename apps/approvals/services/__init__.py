"""The approval engine: submit, decide, withdraw, and what a delivery's outcome does to a request.

Every command locks exposure, then request; re-reads; authorises; then writes decision, state, event, audit row and
outbox row in one transaction (I9). The loser of a race gets InvalidTransition with the new state.
"""

from apps.approvals.services.adopt import adoption_of, open_adoption
from apps.approvals.services.certificates import Move, move_exposures, retire_certificate, uses_of
from apps.approvals.services.decide import approve, reject, return_request
from apps.approvals.services.discuss import add_comment, remind
from apps.approvals.services.outcome import settle_request
from apps.approvals.services.preflight import RequestChecks, checks_of
from apps.approvals.services.preview import ChangePreview, preview_change, preview_checks, preview_refusal
from apps.approvals.services.submit import open_create, open_delete, open_rollback, open_update, resubmit
from apps.approvals.services.withdraw import retry, withdraw

__all__ = [
    "ChangePreview",
    "Move",
    "RequestChecks",
    "add_comment",
    "adoption_of",
    "approve",
    "checks_of",
    "move_exposures",
    "open_adoption",
    "open_create",
    "open_delete",
    "open_rollback",
    "open_update",
    "preview_change",
    "preview_checks",
    "preview_refusal",
    "reject",
    "remind",
    "resubmit",
    "retire_certificate",
    "retry",
    "return_request",
    "settle_request",
    "uses_of",
    "withdraw",
]
