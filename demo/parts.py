"""How each part is started, and how one sees that it really works."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

from apps.kube.permissions import OPTIONAL_RULES, REQUIRED_RULES
from demo.plan import CLUSTERS, HOST, SERVICES, Plan
from sandbox.rbac import Tokens

# The name that audit logs and managedFields of a real cluster would show for the portal's ServiceAccount.
PORTAL_USER = "system:serviceaccount:portico-system:portico"
# An account that may look and change nothing: what a credential with too few rights is like.
READER_USER = "system:serviceaccount:default:reader"
READER_RULES = ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},)
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
WORKER_COMMAND = ("-m", "celery", "--app", "portal", "worker", *QUIET)
ANSWER_SECONDS = 5.0


def portal_rules() -> list[dict[str, Any]]:
    """What the portal asks of every cluster and what it may use beside that, as the sandbox's RBAC."""
    return [
        {"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs)}
        for rule in (*REQUIRED_RULES, *OPTIONAL_RULES)
    ]


def issue_tokens(plan: Plan) -> None:
    """Give the portal a token with exactly its rights in each cluster, before the sandbox starts and reads them."""
    for name in CLUSTERS:
        (plan.sandbox / name).mkdir(mode=0o700, exist_ok=True)
        _tokens(plan, name).issue(PORTAL_USER, portal_rules())
        _tokens(plan, name).issue(READER_USER, READER_RULES)


def portal_token(plan: Plan, cluster: str) -> str:
    """The same token as long as the folder lives."""
    return _tokens(plan, cluster).issue(PORTAL_USER, portal_rules())


def reader_token(plan: Plan, cluster: str) -> str:
    return _tokens(plan, cluster).issue(READER_USER, READER_RULES)


def admin_token(plan: Plan, cluster: str) -> str:
    return _tokens(plan, cluster).admin


def sandbox_command(plan: Plan) -> list[str]:
    clusters = [word for name in CLUSTERS for word in ("--cluster", f"{name}={plan.inner_ports[name]}")]
    files = ["--kubeconfig", str(plan.kubeconfig), "--router-kubeconfig", str(plan.router_kubeconfig)]
    return ["-m", "sandbox", "api", "--state", str(plan.sandbox), *clusters, *files]


def backends_command(plan: Plan) -> list[str]:
    return ["-m", "sandbox", "backends", *(f"{name}={plan.inner_ports[name]}" for name in SERVICES)]


def router_command(plan: Plan) -> list[str]:
    backends = [word for name in SERVICES for word in ("--backend", f"{name}={HOST}:{plan.inner_ports[name]}")]
    ports = ["--http-port", str(plan.router_port), "--https-port", str(plan.https_port)]
    return ["-m", "sandbox", "router", "--kubeconfig", str(plan.router_kubeconfig), *ports, *backends]


def web_command(plan: Plan) -> list[str]:
    size = ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "2"]
    return ["-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{plan.port}", "--no-control-socket", *size]


def answers(port: int, path: str) -> bool:
    """Whether a web process answers 200 there."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_listens(broker: Path) -> bool:
    """Whether a worker takes messages: the one that the seeds left for it is gone."""
    return not list(broker.glob("*.portico.msg"))


def _tokens(plan: Plan, cluster: str) -> Tokens:
    return Tokens(plan.sandbox / cluster / "tokens.json")
