"""What would follow from a draft: one sentence, who approves and why, a list of checks, the manifest.

Built from the same preview that the REST dry-run answers with, so page, API and gate can never say different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.approvals.routing import StagePlan
from apps.approvals.services import ChangePreview, preview_change, preview_checks
from apps.common.errors import NotFound, PortalError
from apps.common.wording import listed
from apps.exposures.availability import Availability, read_availability
from apps.exposures.enums import Operation
from apps.exposures.policies import State
from apps.exposures.spec import ExposureSpec, parse_spec
from apps.web.forms.exposures import conflict_sentence
from apps.web.presenters.checks import (
    CheckLine,
    count_counted,
    count_passed,
    lines_of,
    problems_first,
    refusal_lines,
    worst_of,
)
from apps.web.presenters.exposure_choices import Offer
from apps.web.presenters.exposure_urls import url_of


class HostNote(NamedTuple):
    """What stands under the host while it is typed. `owner` is the team that may be asked for a path on it; `exposure`
    is the one that has the host already, where the person may see it."""

    kind: str
    text: str
    owner: str = ""
    exposure: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`missing` names the parts that are not stated yet; without any, either `preview` or `refusal` is there."""

    missing: list[str] = field(default_factory=list)
    spec: ExposureSpec | None = None
    url: str = ""
    preview: ChangePreview | None = None
    refusal: str = ""
    checks: list[CheckLine] = field(default_factory=list)

    @property
    def needs_approval(self) -> bool:
        return self.preview is None or self.preview.route.needs_approval

    @property
    def approval(self) -> str:
        """Who approves, and why; empty when nobody has to."""
        if self.preview is None or not self.preview.route.needs_approval:
            return ""
        stages = self.preview.route.stages
        who = listed([stage_words(stage) for stage in stages])
        count = sum(stage.needed for stage in stages)
        words = ngettext(
            "Needs one approval by %(who)s, because of %(why)s.",
            "Needs %(count)d approvals by %(who)s, because of %(why)s.",
            count,
        )
        return words % {"count": count, "who": who, "why": because_words(self.preview.route.because)}

    @property
    def passed(self) -> int:
        return count_passed(self.checks)

    @property
    def counted(self) -> int:
        return count_counted(self.checks)

    @property
    def worst(self) -> str:
        return worst_of(self.checks)


def stage_words(stage: StagePlan) -> str:
    """Who is asked: a group by its name, a team as the owner of the host."""
    return _("team %(team)s") % {"team": ", ".join(stage.teams)} if stage.teams else stage.name


def because_words(because: Sequence[str]) -> str:
    """The facts that ask for a human, in words."""
    words = {
        "production": _("production"),
        "staging": _("staging"),
        "https": "HTTPS",
        "custom_host": _("a custom host"),
        "options": _("options that widen access or set headers"),
        "shared_host": _("a host of another team"),
    }
    return listed([words.get(fact, fact) for fact in because])


def outcome_of(user: User, offer: Offer, *, ask_cluster: bool = False) -> Outcome:
    """What sending the draft now would do. Never raises: what the product refuses is the answer."""
    missing = _missing(offer)
    if missing or offer.cluster is None:
        return Outcome(missing=missing)
    try:
        spec = parse_spec(spec_json(offer))
    except PortalError as error:
        return Outcome(checks=refusal_lines(getattr(error, "errors", [])), missing=[])
    url = url_of(offer.cluster, spec)
    try:
        preview = preview_change(
            by=user,
            cluster=offer.cluster,
            namespace=offer.draft.namespace,
            spec=spec,
            exposure=offer.exposure,
            operation=Operation.UPDATE if offer.exposure else Operation.CREATE,
            ask_cluster=ask_cluster,
            ask_owner=bool(offer.draft.ask_owner),
        )
    except PortalError as error:
        return Outcome(spec=spec, url=url, refusal=error.message, checks=_checks_beside(user, offer, spec, error))
    return Outcome(spec=spec, url=url, preview=preview, checks=problems_first(lines_of(preview.verdict.steps)))


def spec_json(offer: Offer) -> dict[str, Any]:
    """The stated spec; the host of an exposure that exists is its identity."""
    return offer.draft.spec_json(offer.wildcard_domain) | {"host": offer.stated_host}


def host_note(user: User, offer: Offer) -> HostNote | None:
    """Whether the host could be had, and who has it otherwise; none while it is not stated."""
    if not offer.stated_host or offer.exposure is not None or offer.cluster is None:
        return None
    try:
        found = read_availability(user, offer.stated_host, cluster=offer.cluster)
    except PortalError as error:
        return HostNote("bad", error.message)
    return _availability_note(found, asks=bool(offer.draft.ask_owner))


def _availability_note(found: Availability, *, asks: bool) -> HostNote:
    facts = {"host": found.host}
    if found.state == "reserved":
        return HostNote("bad", _("%(host)s is reserved for the platform.") % facts)
    if found.state == "taken":
        return _taken_note(found, asks=asks)
    if found.state == "not_allowed":
        return HostNote("bad", _("None of your teams has a zone that holds %(host)s. Ask the platform team.") % facts)
    if found.needs_approval:
        return HostNote("ok", _("%(host)s is free, and in a zone of your team.") % facts)
    return HostNote("ok", _("%(host)s is free.") % facts)


def _taken_note(found: Availability, *, asks: bool) -> HostNote:
    conflict = found.conflicts[0]
    if not conflict["can_ask_owner"]:
        return HostNote("bad", conflict_sentence(conflict), exposure=conflict["exposure"] or "")
    facts = {"host": found.host, "team": conflict["owner"]["team"], "contact": conflict["owner"]["contact"]}
    if asks:
        words = _("Team %(team)s, which has %(host)s, is asked for your paths first. Contact: %(contact)s.")
        return HostNote("wait", words % facts, facts["team"])
    return HostNote("bad", conflict_sentence(conflict), facts["team"])


def _missing(offer: Offer) -> list[str]:
    draft = offer.draft
    stated = {
        _("a cluster"): draft.cluster,
        _("a namespace"): draft.namespace,
        _("a service"): draft.service,
        _("a port"): draft.port,
        _("a name"): offer.stated_host,
        _("a certificate"): draft.secret or draft.scheme != "https",
    }
    return [word for word, value in stated.items() if not value]


def _checks_beside(user: User, offer: Offer, spec: ExposureSpec, refusal: PortalError) -> list[CheckLine]:
    """What can be said all the same where there is no preview: who asks may not, or the cluster was never read."""
    if offer.cluster is None or isinstance(refusal, NotFound):
        return [CheckLine(State.FAILED, refusal.message)]
    steps = preview_checks(
        by=user, cluster=offer.cluster, namespace=offer.draft.namespace, spec=spec, exposure=offer.exposure
    )
    return problems_first(lines_of(steps))
