"""Why a delivery can not go on, beside what the cluster itself answers."""

from apps.common.errors import PolicyViolation, PortalError


class GateClosed(PolicyViolation):
    """What was approved may not be pushed any more; `errors` says why, in the words of the policies."""

    code = "gate_closed"


class NotOurs(PortalError):
    """The object in the cluster is not this exposure's, so it is not touched (E7)."""

    code = "not_ours"
    status = 409


class ReadBackDiffers(PortalError):
    """The object does not have what was applied a moment ago: something else writes to it (D5)."""

    code = "read_back_differs"
    status = 409


class AttemptsUsedUp(PortalError):
    """Workers died or broke off at it again and again: a person has to look (D1)."""

    code = "attempts_used_up"
    status = 409


class StillThere(PortalError):
    """The object was deleted and is not gone yet, e.g. because of a finalizer."""

    code = "still_there"
    status = 409
    transient = True
