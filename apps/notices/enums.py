"""What people are told of, and what a notice may be about."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    """The label is what the profile calls it; each can be switched off there."""

    REQUEST_WAITING = "request_waiting", _("A request waits for you")
    REQUEST_REMINDER = "request_reminder", _("Somebody reminds you of a request")
    REQUEST_COMMENT = "request_comment", _("Somebody comments on a request of yours")
    REQUEST_APPROVED = "request_approved", _("Your request is approved")
    REQUEST_REJECTED = "request_rejected", _("Your request is rejected")
    REQUEST_RETURNED = "request_returned", _("Your request is returned")
    REQUEST_BLOCKED = "request_blocked", _("Nobody may decide on your request")
    REQUEST_STALE = "request_stale", _("Your request is out of date")
    REQUEST_FAILED = "request_failed", _("Your request could not be delivered")
    REQUEST_LIVE = "request_live", _("Your request is done")
    DELIVERY_FAILED = "delivery_failed", _("A delivery of your team fails")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("A team takes back its consent to paths on its host")
    EXPOSURE_DRIFTED = "exposure_drifted", _("An exposure of your team was changed in its cluster")
    CERTIFICATE_DUE = "certificate_due", _("A certificate of your team comes to its end")
    CERTIFICATE_BROKEN = "certificate_broken", _("A certificate that is used is gone or no longer fits")
    CLUSTER_UNREACHABLE = "cluster_unreachable", _("A cluster does not answer")
    CLUSTER_REACHABLE = "cluster_reachable", _("A cluster answers again")
    ACCESS_CHANGED = "access_changed", _("Your team is given a zone or namespace, or loses one")
    TOKEN_EXPIRING = "token_expiring", _("An API token of yours expires soon")


class SubjectType(models.TextChoices):
    """Its public id is an id; of clusters and teams the name, of certificates cluster/namespace/name."""

    REQUEST = "request", _("Request")
    EXPOSURE = "exposure", _("Exposure")
    CERTIFICATE = "certificate", _("Certificate")
    CLUSTER = "cluster", _("Cluster")
    TEAM = "team", _("Team")
    TOKEN = "token", _("API token")


# How the kinds are laid out where people choose among them; every kind stands in exactly one.
TOPICS: dict[str | Promise, tuple[NoticeKind, ...]] = {
    _("About your requests"): (
        NoticeKind.REQUEST_COMMENT,
        NoticeKind.REQUEST_APPROVED,
        NoticeKind.REQUEST_REJECTED,
        NoticeKind.REQUEST_RETURNED,
        NoticeKind.REQUEST_BLOCKED,
        NoticeKind.REQUEST_STALE,
        NoticeKind.REQUEST_FAILED,
        NoticeKind.REQUEST_LIVE,
    ),
    _("About your teams"): (
        NoticeKind.DELIVERY_FAILED,
        NoticeKind.CONSENT_WITHDRAWN,
        NoticeKind.EXPOSURE_DRIFTED,
        NoticeKind.CERTIFICATE_DUE,
        NoticeKind.CERTIFICATE_BROKEN,
        NoticeKind.ACCESS_CHANGED,
    ),
    _("As an approver"): (NoticeKind.REQUEST_WAITING, NoticeKind.REQUEST_REMINDER),
    _("As a platform admin"): (NoticeKind.CLUSTER_UNREACHABLE, NoticeKind.CLUSTER_REACHABLE),
    _("About yourself"): (NoticeKind.TOKEN_EXPIRING,),
}
