"""Change requests in words: titles, states, what changes, why somebody is asked, who decides, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.selectors import acting_members, active_group_members
from apps.approvals.enums import RequestState, RiskLevel, SlotState, StageMode, StageState, Verb, Verdict
from apps.approvals.models import ChangeRequest, Decision, RequestEvent, Stage
from apps.approvals.permissions import active_stage
from apps.approvals.selectors import flatten
from apps.common.said import shown, spoken
from apps.exposures.enums import Operation
from apps.exposures.models import Revision

Text = str | Promise

STATES: dict[str, tuple[str, str]] = {
    RequestState.DRAFT: ("mute", "pencil"),
    RequestState.PENDING: ("wait", "clock"),
    RequestState.APPROVED: ("run", "loader"),
    RequestState.DELIVERING: ("run", "loader"),
    RequestState.DONE: ("ok", "circle-check"),
    RequestState.RETURNED: ("wait", "undo-2"),
    RequestState.REJECTED: ("bad", "circle-x"),
    RequestState.WITHDRAWN: ("mute", "circle-minus"),
    RequestState.STALE: ("wait", "history"),
    RequestState.BLOCKED: ("bad", "ban"),
    RequestState.LAPSED: ("mute", "hourglass"),
    RequestState.FAILED: ("bad", "triangle-alert"),
}
RISKS: dict[str, tuple[str, Text]] = {
    RiskLevel.LOW: ("mute", gettext_lazy("Low risk")),
    RiskLevel.MEDIUM: ("wait", gettext_lazy("Medium risk")),
    RiskLevel.HIGH: ("bad", gettext_lazy("High risk")),
}
# The team has to act on these; nothing happens by itself.
NEEDS_TEAM = (RequestState.RETURNED, RequestState.FAILED, RequestState.STALE, RequestState.BLOCKED)
BECAUSE: dict[str, tuple[Text, Text]] = {
    "production": (gettext_lazy("Production"), gettext_lazy("everything in a production cluster is seen by a person")),
    "staging": (gettext_lazy("Staging"), gettext_lazy("everything in a staging cluster is seen by a person")),
    "https": (gettext_lazy("HTTPS"), gettext_lazy("the name is served with a certificate")),
    "custom_host": (gettext_lazy("Custom host"), gettext_lazy("the name is not under the cluster’s own suffix")),
    "options": (gettext_lazy("Options"), gettext_lazy("an option widens access or sets headers")),
    "shared_host": (gettext_lazy("Another team’s host"), gettext_lazy("its owner is asked for a path on it")),
}
MODES: dict[str, Text] = {
    StageMode.ANY: gettext_lazy("any one decides"),
    StageMode.ALL: gettext_lazy("all decide"),
    StageMode.QUORUM: gettext_lazy("a quorum decides"),
    StageMode.PER_GROUP: gettext_lazy("one of each group decides"),
    StageMode.SEQUENCE: gettext_lazy("one after the other"),
}
# From when on waiting is long, the longest first.
LONG: tuple[tuple[timedelta, str, Text], ...] = (
    (timedelta(days=3), "bad", gettext_lazy("waiting very long")),
    (timedelta(days=1), "wait", gettext_lazy("waiting long")),
)
STAGE_KINDS = {
    StageState.WAITING: "",
    StageState.ACTIVE: "wait",
    StageState.PASSED: "ok",
    StageState.REJECTED: "bad",
    StageState.CANCELLED: "",
    StageState.BLOCKED: "bad",
}
SENTENCES: dict[str, Text] = {
    Verb.SUBMIT: gettext_lazy("sent the request"),
    Verb.RESUBMIT: gettext_lazy("sent it again"),
    Verb.APPROVE: gettext_lazy("approved"),
    Verb.REJECT: gettext_lazy("rejected it"),
    Verb.RETURN: gettext_lazy("returned it to be changed"),
    Verb.WITHDRAW: gettext_lazy("withdrew it"),
    Verb.COMMENT: gettext_lazy("commented"),
    Verb.REMIND: gettext_lazy("reminded the approvers"),
    Verb.PASS: gettext_lazy("approved; that was the last word needed"),
    Verb.DISPATCH: gettext_lazy("handed it over to delivery"),
    Verb.OUTDATE: gettext_lazy("found it out of date"),
    Verb.BLOCK: gettext_lazy("blocked it"),
    Verb.COMPLETE: gettext_lazy("delivered it"),
    Verb.FAIL: gettext_lazy("could not deliver it"),
    Verb.RETRY: gettext_lazy("tries the delivery again"),
}
SYSTEM_PARTS: dict[str, tuple[Text, str]] = {
    "system:delivery": (gettext_lazy("Delivery"), "send"),
    "system:policy": (gettext_lazy("Policy"), "route"),
    "system:scheduler": (gettext_lazy("Schedule"), "clock"),
}
VERDICT_KINDS = {Verdict.APPROVE: "ok", Verdict.REJECT: "bad", Verdict.RETURN: "wait"}


class Age(NamedTuple):
    """Since when somebody is waited for; `kind` and `word` say whether that is long."""

    since: datetime
    kind: str = ""
    word: Text = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list."""

    request: ChangeRequest
    title: str
    kind: str
    icon: str
    risk: tuple[str, Text]
    waits_for: str
    note: str
    age: Age | None = None

    @property
    def was_resubmitted(self) -> bool:
        return self.request.round > 1


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the field diff."""

    label: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """One decision."""

    who: str
    kind: str
    verdict: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage with those who may decide and what was said."""

    name: str
    mode: Text
    kind: str
    state: str
    candidates: list[str]
    voices: list[Voice]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline."""

    who: str
    icon: str
    sentence: Text
    comment: str
    at: datetime
    verb: str = ""
    round: int = 1

    @property
    def is_system(self) -> bool:
        """Done by a part of the product."""
        return bool(self.icon)


def row_of(request: ChangeRequest, now: datetime | None = None) -> Row:
    """`now` tells how long somebody has been waited for."""
    kind, icon = STATES[request.state]
    return Row(
        request,
        title_of(request),
        kind,
        icon,
        RISKS[request.risk_level],
        waits_for(request),
        note_of(request),
        age_of(request, now) if now else None,
    )


def age_of(request: ChangeRequest, now: datetime) -> Age | None:
    """None while nobody is waited for."""
    stage = active_stage(request)
    if request.state != RequestState.PENDING or stage is None or stage.activated_at is None:
        return None
    waited = now - stage.activated_at
    return next((Age(stage.activated_at, kind, word) for limit, kind, word in LONG if waited >= limit), None) or Age(
        stage.activated_at
    )


def title_of(request: ChangeRequest) -> str:
    names = {"host": request.exposure.host}
    if request.operation == Operation.DELETE:
        return _("Take down %(host)s") % names
    if request.operation == Operation.UPDATE:
        return _("Change %(host)s") % names
    if request.revision.spec.get("tls"):
        return _("Publish %(host)s over HTTPS") % names
    return _("Publish %(host)s") % names


def waits_for(request: ChangeRequest) -> str:
    """Who has to act before it goes on; empty when it is over."""
    if request.state == RequestState.PENDING:
        stage = active_stage(request)
        return stage.who if stage else ""
    if request.state in {RequestState.APPROVED, RequestState.DELIVERING}:
        return str(request.exposure.cluster.name)
    if request.state in NEEDS_TEAM:
        return _("team %(team)s") % {"team": request.exposure.team.name}
    return ""


def note_of(request: ChangeRequest) -> str:
    """Why it stands where it stands: what the last decision of this round said, else the reason of its state."""
    voice = last_voice(request)
    if voice is not None and voice.comment:
        return f"{voice.actor.username}: {voice.comment}"
    return shown(request.state_reason)


def last_voice(request: ChangeRequest) -> Decision | None:
    """The decision that returned or rejected it in the present round."""
    stages = [stage for stage in request.stages.all() if stage.round == request.round]
    decisions = [decision for stage in stages for decision in stage.decisions.all()]
    return next((decision for decision in reversed(decisions) if decision.verdict != Verdict.APPROVE), None)


def changes_of(request: ChangeRequest) -> list[Change]:
    """The field diff against what was live when it was asked for."""
    after = {} if request.operation == Operation.DELETE else spoken_spec(request.revision, request.exposure.namespace)
    base = request.revision.base_revision
    return compare_spoken(spoken_spec(base, request.exposure.namespace) if base else {}, after)


def changes_since(seen: Revision, request: ChangeRequest) -> list[Change]:
    """What is different from the revision that somebody looked at."""
    namespace = request.exposure.namespace
    return compare_spoken(spoken_spec(seen, namespace), spoken_spec(request.revision, namespace))


def compare_spoken(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    labels = dict.fromkeys([*before, *after])
    pairs = [(label, before.get(label, ""), after.get(label, "")) for label in labels]
    return [Change(label, old, new) for label, old, new in pairs if old != new]


def spoken_spec(revision: Revision, namespace: str) -> dict[str, str]:
    """The spec as people say it: label → value, in the order of the form."""
    spec = revision.spec
    lines = {_("Host"): str(spec["host"])}
    for path in spec["paths"]:
        lines[_backend_label(path)] = f"{namespace} / {path['service_name']} : {path['service_port']}"
    if spec.get("tls"):
        lines[_("TLS")] = _certificate(spec["tls"].get("secret_name"), revision.facts)
    if spec.get("ingress_class_name"):
        lines[_("Ingress class")] = spec["ingress_class_name"]
    options = flatten(spec.get("options") or {})
    return lines | {name.replace("_", " ").capitalize(): str(value) for name, value in options.items()}


def reasons_of(request: ChangeRequest) -> list[tuple[Text, Text]]:
    """Why a person is asked: what it is, and what that means."""
    return [BECAUSE.get(name, (name, "")) for name in request.flow.get("because", [])]


def stages_of(request: ChangeRequest, user: User, authors: set[str]) -> list[StageLine]:
    """The stages of the present round. One query for all candidates of each group or team that is still asked.

    `authors` are those who may not decide on what is still asked.
    """
    stages = [stage for stage in request.stages.all() if stage.round == request.round]
    return [_stage_line(stage, user, authors) for stage in stages]


def happenings_of(events: Iterable[RequestEvent]) -> list[Happening]:
    return [_happening(event) for event in events]


def _backend_label(path: Mapping[str, Any]) -> str:
    label = _("Backend of %(path)s") % {"path": path["path"]}
    return label if path["path_type"] == "Prefix" else f"{label} ({path['path_type']})"


def _certificate(secret_name: str | None, facts: Mapping[str, Any]) -> str:
    named = secret_name or _("the cluster’s default certificate")
    known = "certificate_fingerprint" if secret_name else "default_certificate_fingerprint"
    fingerprint = facts.get(known) or ""
    return f"{named} · SHA-256 {fingerprint[:8]}…{fingerprint[-5:]}" if fingerprint else named


def _stage_line(stage: Stage, user: User, authors: set[str]) -> StageLine:
    is_asked = stage.state in {StageState.ACTIVE, StageState.WAITING}
    return StageLine(
        name=stage.who,
        mode=MODES[stage.mode],
        kind=STAGE_KINDS[StageState(stage.state)],
        state=stage.get_state_display(),
        candidates=_candidates(stage, user, authors) if is_asked else [],
        voices=[_voice(decision) for decision in stage.decisions.all()],
    )


def _candidates(stage: Stage, user: User, authors: set[str]) -> list[str]:
    names: dict[str, None] = {}
    for slot in stage.slots.all():
        kind, _colon, name = slot.holder.partition(":")
        if slot.state == SlotState.OPEN:
            names |= dict.fromkeys(_people(kind, name))
    return [_named(name, user) for name in names if name not in authors]


def _people(kind: str, name: str) -> Iterable[str]:
    """Who can sign for a principal now."""
    if kind == "user":
        return [name]
    members = active_group_members(name) if kind == "group" else acting_members(name)
    return members.values_list("username", flat=True)


def _named(name: str, user: User) -> str:
    return _("%(name)s (you)") % {"name": name} if name == user.username else name


def _voice(decision: Decision) -> Voice:
    verdict = Verdict(decision.verdict)
    return Voice(decision.actor.username, VERDICT_KINDS[verdict], str(verdict.label), decision.comment, decision.at)


def _happening(event: RequestEvent) -> Happening:
    part, icon = SYSTEM_PARTS.get(event.actor, (event.actor, ""))
    sentence = SENTENCES.get(event.verb, event.verb)
    # What a part of the product notes is stored in English; what a person wrote stays as it is.
    comment = spoken(event.comment) if event.actor in SYSTEM_PARTS else event.comment
    return Happening(str(part), icon, sentence, comment, event.at, event.verb, event.round)
