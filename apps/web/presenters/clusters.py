"""Clusters in words: their state, the lines of a connection test, the conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clusters.models import Cluster
from apps.common.conditions import find_condition
from apps.common.said import shown, spoken, stored
from apps.kube.connection import STEP_NAMES, CheckStep, ConnectionReport
from apps.web.presenters.cluster_history import History

Text = str | Promise

STEP_WORDS: dict[str, Text] = {
    "resolve": gettext_lazy("Name"),
    "connect": gettext_lazy("Connection"),
    "tls": gettext_lazy("TLS"),
    "authenticate": gettext_lazy("Credential"),
    "version": gettext_lazy("Version"),
    "permissions": gettext_lazy("Rights"),
    "ingress_classes": gettext_lazy("Ingress classes"),
    "gateway_api": gettext_lazy("Gateway API"),
}
STATUS_KINDS = {"passed": "ok", "failed": "bad", "warning": "wait", "skipped": ""}
CONDITION_WORDS: dict[str, Text] = {
    "Reachable": gettext_lazy("Reachable"),
    "Authorized": gettext_lazy("Authorized"),
    "WildcardResolves": gettext_lazy("Wildcard resolves"),
}
# What a cluster cannot work without; the others say more about it.
HEALTH = ("Reachable", "Authorized")
CONDITION_KINDS = {"True": "ok", "False": "bad", "Unknown": "mute"}
CONDITION_STATES: dict[str, Text] = {
    "True": gettext_lazy("yes"),
    "False": gettext_lazy("no"),
    "Unknown": gettext_lazy("not known"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as the `state` tag takes it."""

    kind: str
    word: Text
    icon: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One step of the connection test."""

    kind: str
    word: Text
    message: str
    hint: str
    time: str
    name: str = ""

    @property
    def lacks_rights(self) -> bool:
        """What the manifest for an account of its own would mend."""
        return self.name == "permissions" and self.kind == "bad"

    @property
    def icon(self) -> str:
        """A warning is no waiting, whose clock the colour would bring along."""
        return "triangle-alert" if self.kind == "wait" else ""


@dataclass(frozen=True, slots=True)
class ConditionLine:
    word: Text
    badge: Badge
    message: str
    since: str


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster in a list."""

    cluster: Cluster
    badge: Badge
    exposures: int = 0
    due: int = 0
    history: History = field(default_factory=lambda: History(()))
    classes: list[str] = field(default_factory=list)


def badge_of(cluster: Cluster) -> Badge:
    if cluster.is_paused:
        return Badge("wait", _("Paused"), "pause")
    reachable = status_of(cluster, "Reachable")
    if reachable == "False":
        return Badge("bad", _("Not reachable"))
    if status_of(cluster, "Authorized") == "False":
        return Badge("bad", _("Rights missing"), "key-round")
    return Badge("ok", _("Reachable")) if reachable == "True" else Badge("mute", _("Not checked yet"), "clock")


def is_unhealthy(cluster: Cluster) -> bool:
    """Something is known to be wrong; paused on purpose or not checked yet is not."""
    return "False" in {status_of(cluster, kind) for kind in HEALTH}


def status_of(cluster: Cluster, kind: str) -> str:
    condition = find_condition(cluster.conditions, kind)
    return condition["status"] if condition else "Unknown"


def trouble_of(cluster: Cluster) -> str:
    """What the failing condition says."""
    failing = [
        condition for condition in cluster.conditions if condition["type"] in HEALTH and condition["status"] == "False"
    ]
    return shown(failing[0]) if failing else ""


def condition_lines(cluster: Cluster) -> list[ConditionLine]:
    return [_condition_line(condition) for condition in cluster.conditions]


def check_lines(steps: Iterable[Mapping[str, Any]]) -> list[CheckLine]:
    """The stored steps of the last check; their texts are stored in English and shown in the reader's language."""
    return [
        CheckLine(
            STATUS_KINDS[step["status"]],
            STEP_WORDS.get(step["name"], step["name"]),
            shown(step),
            spoken(step["hint"]),
            _("%(count)s ms") % {"count": step["elapsed_ms"]} if step["elapsed_ms"] else "",
            step["name"],
        )
        for step in steps
    ]


def step_lines(steps: Iterable[CheckStep]) -> list[CheckLine]:
    return check_lines(asdict(step) | stored(step.message) for step in steps)


def running_lines(steps: Sequence[CheckStep]) -> list[CheckLine]:
    """A test that is not over: what is done, what it is at, and what is to come, so that no line moves another."""
    waiting = [CheckLine("", STEP_WORDS[name], "", "", "") for name in STEP_NAMES[len(steps) :]]
    if waiting:
        waiting[0] = replace(waiting[0], kind="run", message=_("in progress"))
    return [*step_lines(steps), *waiting]


def verdict_of(report: ConnectionReport) -> Badge:
    """The whole test in one word."""
    statuses = {step.status for step in report.steps}
    if "failed" in statuses:
        return Badge("bad", _("It does not work yet"))
    return Badge("wait", _("It works, with warnings")) if "warning" in statuses else Badge("ok", _("Everything works"))


def _condition_line(condition: Mapping[str, Any]) -> ConditionLine:
    status = condition["status"]
    badge = Badge(CONDITION_KINDS[status], CONDITION_STATES[status])
    word = CONDITION_WORDS.get(condition["type"], condition["type"])
    return ConditionLine(word, badge, shown(condition), condition["last_transition_time"])
