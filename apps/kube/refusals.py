"""Tells from the API server's words who refused an object and why, so that a person is told what to do about it.

Admission webhooks, admission policies, quotas and missing rights all come back as one line of English; what they mean
to the person who asks differs. The line itself is kept beside it, never taken apart further than its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from apps.kube.errors import ClusterError, Forbidden, ObjectNotFound, Rejected


class Refuser(StrEnum):
    WEBHOOK = "webhook"
    POLICY = "policy"
    SILENT_WEBHOOK = "silent_webhook"
    NO_DRY_RUN = "no_dry_run"
    QUOTA = "quota"
    ENDING_NAMESPACE = "ending_namespace"
    NO_NAMESPACE = "no_namespace"
    NO_RIGHT = "no_right"
    API_SERVER = "api_server"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`name` is the webhook, policy or quota, `why` its reason, `raw` the whole line. NOBODY: there was no answer."""

    refuser: Refuser
    raw: str
    name: str = ""
    why: str = ""


_PATTERNS: tuple[tuple[Refuser, re.Pattern[str]], ...] = (
    (
        Refuser.SILENT_WEBHOOK,
        re.compile(r'failed calling webhook "(?P<name>[^"]{1,253})"(?:: (?P<why>.*))?', re.DOTALL),
    ),
    (
        Refuser.NO_DRY_RUN,
        re.compile(r'admission webhook "(?P<name>[^"]{1,253})" does not support dry run'),
    ),
    (
        Refuser.WEBHOOK,
        re.compile(
            r'admission webhook "(?P<name>[^"]{1,253})" denied the request(?: without explanation)?(?:: (?P<why>.*))?',
            re.DOTALL,
        ),
    ),
    (
        Refuser.POLICY,
        re.compile(
            r"ValidatingAdmissionPolicy '(?P<name>[^']{1,253})' with binding '[^']{1,253}' denied request: (?P<why>.*)",
            re.DOTALL,
        ),
    ),
    (Refuser.QUOTA, re.compile(r"exceeded quota: (?P<name>[^,\s]{1,253}), (?P<why>.*)", re.DOTALL)),
    (Refuser.ENDING_NAMESPACE, re.compile(r"because it is being terminated")),
)


def read_refusal(error: ClusterError) -> Refusal:
    """Who refused and why, by the error that the gateway raised."""
    raw = error.message
    for refuser, pattern in _PATTERNS:
        if found := pattern.search(raw):
            words = found.groupdict()
            return Refusal(refuser, raw, words.get("name") or "", (words.get("why") or "").strip())
    if error.transient:
        return Refusal(Refuser.NOBODY, raw)
    return Refusal(_plain(error), raw, why=_causes(error))


def _plain(error: ClusterError) -> Refuser:
    if isinstance(error, ObjectNotFound):
        return Refuser.NO_NAMESPACE
    if isinstance(error, Forbidden):
        return Refuser.NO_RIGHT
    return Refuser.API_SERVER if isinstance(error, Rejected) else Refuser.NOBODY


def _causes(error: ClusterError) -> str:
    """The single faults with their fields, which say more than the line about the whole object."""
    causes = error.causes if isinstance(error, Rejected) else []
    return "; ".join(f"{cause.field}: {cause.message}" if cause.field else cause.message for cause in causes)
