"""The words of the approval engine and the one table of its transitions.

`TRANSITIONS` is the only place that says which verb leads from which state to which; the diagram in
docs/reference/request-states.md and the tests are generated from it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PENDING = "pending", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    DELIVERING = "delivering", _("Delivering")
    DONE = "done", _("Done")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    STALE = "stale", _("Out of date")
    BLOCKED = "blocked", _("Blocked")
    LAPSED = "lapsed", _("Lapsed")
    FAILED = "failed", _("Failed")


class Verb(models.TextChoices):
    """What people and the system do to a request."""

    SUBMIT = "submit", _("Submit")
    RESUBMIT = "resubmit", _("Resubmit")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    RETURN = "return", _("Return")
    WITHDRAW = "withdraw", _("Withdraw")
    COMMENT = "comment", _("Comment")
    REMIND = "remind", _("Remind")
    PASS = "pass", _("Pass the last stage")
    DISPATCH = "dispatch", _("Hand over to delivery")
    OUTDATE = "outdate", _("Find out of date")
    BLOCK = "block", _("Block")
    COMPLETE = "complete", _("Complete")
    FAIL = "fail", _("Fail")
    RETRY = "retry", _("Retry")


OPEN_STATES = frozenset(
    {
        RequestState.DRAFT,
        RequestState.PENDING,
        RequestState.APPROVED,
        RequestState.DELIVERING,
        RequestState.RETURNED,
        RequestState.BLOCKED,
    }
)
# Failed and outdated requests are over for their exposure (another may be opened), yet can be taken up again.
SETTLED_STATES = frozenset(set(RequestState) - OPEN_STATES)

TRANSITIONS: dict[tuple[str, str], str] = {
    (RequestState.DRAFT, Verb.SUBMIT): RequestState.PENDING,
    (RequestState.DRAFT, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.PENDING, Verb.APPROVE): RequestState.PENDING,
    (RequestState.PENDING, Verb.PASS): RequestState.APPROVED,
    (RequestState.PENDING, Verb.REJECT): RequestState.REJECTED,
    (RequestState.PENDING, Verb.RETURN): RequestState.RETURNED,
    (RequestState.PENDING, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.PENDING, Verb.BLOCK): RequestState.BLOCKED,
    (RequestState.PENDING, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.APPROVED, Verb.DISPATCH): RequestState.DELIVERING,
    (RequestState.APPROVED, Verb.OUTDATE): RequestState.STALE,
    (RequestState.APPROVED, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.DELIVERING, Verb.COMPLETE): RequestState.DONE,
    (RequestState.DELIVERING, Verb.FAIL): RequestState.FAILED,
    (RequestState.DELIVERING, Verb.OUTDATE): RequestState.STALE,
    (RequestState.DELIVERING, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.FAILED, Verb.RETRY): RequestState.DELIVERING,
    (RequestState.FAILED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.RETURNED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.RETURNED, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.STALE, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.BLOCKED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.BLOCKED, Verb.WITHDRAW): RequestState.WITHDRAWN,
}


# What a principal of a slot starts with: whose word is asked for.
GROUP, TEAM, PERSON = "group:", "team:", "user:"


class StageMode(models.TextChoices):
    ANY = "any", _("Any of")
    ALL = "all", _("All of")
    QUORUM = "quorum", _("Quorum")
    PER_GROUP = "per_group", _("Per group")
    SEQUENCE = "sequence", _("One after the other")


class StageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACTIVE = "active", _("Active")
    PASSED = "passed", _("Passed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")
    BLOCKED = "blocked", _("Blocked")


class SlotState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    TRANSFERRED = "transferred", _("Transferred")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Verdict(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REJECT = "reject", _("Rejected")
    RETURN = "return", _("Returned")


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
