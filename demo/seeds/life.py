"""The first exposures and requests, made by the demo's people through the running product.

They leave alone the names that a newcomer tries first: shop.dev.localhost, shop.example.com and www.shop.example.com.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from apps.approvals.enums import OPEN_STATES
from apps.approvals.models import ChangeRequest
from apps.approvals.services.decide import approve, reject
from apps.approvals.services.submit import open_create
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure
from apps.exposures.spec import parse_spec
from demo.plan import Plan
from demo.seeds.people import user

SETTLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, and what an approver says to it."""

    by: str
    cluster: str
    service: str
    host: str
    reason: str
    secret_name: str = ""
    approved_by: str = ""
    rejected_by: str = ""
    comment: str = ""
    path: str = "/"
    asks_owner: bool = False


WISHES = (
    Wish(
        "developer", "prod-1", "web/shop", "legacy.example.com", "The old shop moves to the cluster.",
        rejected_by="approver", comment="Plain HTTP in production: please choose a certificate and ask again.",
    ),
    Wish("developer", "dev-1", "web/docs", "handbook.dev.localhost", "Preview of the new handbook."),
    Wish("developer2", "test-1", "pay/ledger", "bookkeeping.test.localhost", "For the end-to-end tests."),
    Wish(
        "developer", "test-1", "web/docs", "handbook.example.com", "The handbook under its real name.",
        secret_name="wildcard-tls", approved_by="approver2", comment="Covered by our wildcard.",
    ),
    Wish(
        "developer", "prod-1", "web/docs", "manual.example.com", "Customers read the handbook here from Monday on.",
        secret_name="wildcard-tls",
    ),
    Wish("developer2", "prod-1", "pay/ledger", "bookkeeping.example.org", "Accounting needs it to close the year."),
)  # fmt: skip
# Paths on hosts of the other team, once these are there: one was agreed to, one waits for its owner.
GUESTS = (
    Wish(
        "developer", "test-1", "web/docs", "bookkeeping.test.localhost", "The handbook beside what it explains.",
        path="/handbook", asks_owner=True, approved_by="developer2", comment="Good idea. Only /handbook, please.",
    ),
    Wish(
        "developer2", "dev-1", "pay/ledger", "handbook.dev.localhost", "So that readers of the handbook can try it.",
        path="/ledger", asks_owner=True,
    ),
)  # fmt: skip


def seed(plan: Plan) -> None:
    for wishes in (WISHES, GUESTS):
        _fulfil(wishes)
    plan.life_stamp.touch()


def _fulfil(wishes: tuple[Wish, ...]) -> None:
    known = set(Exposure.objects.values_list("host", "namespace"))
    missing = [wish for wish in wishes if (wish.host, wish.service.partition("/")[0]) not in known]
    requests = [ask(wish) for wish in missing]
    for wish, request in zip(missing, requests, strict=True):
        _decide(wish, request)
    wait_until_settled([request.pk for request in requests])


def ask(wish: Wish) -> ChangeRequest:
    namespace, _slash, service = wish.service.partition("/")
    spec = parse_spec(
        {
            "host": wish.host,
            "paths": [{"path": wish.path, "path_type": "Prefix", "service_name": service, "service_port": "http"}],
            "tls": {"secret_name": wish.secret_name} if wish.secret_name else None,
        }
    )
    cluster = Cluster.objects.active().get(name=wish.cluster)
    return open_create(
        by=user(wish.by),
        cluster=cluster,
        namespace=namespace,
        spec=spec,
        reason=wish.reason,
        ask_owner=wish.asks_owner,
    )


def _decide(wish: Wish, request: ChangeRequest) -> None:
    seen = request.content_hash
    if wish.approved_by:
        approve(by=user(wish.approved_by), request=request, content_hash=seen, comment=wish.comment)
    if wish.rejected_by:
        reject(by=user(wish.rejected_by), request=request, content_hash=seen, comment=wish.comment)


def wait_until_settled(requests: list[str], *, seconds: float = SETTLE_SECONDS) -> None:
    """Until the worker has done its part; what waits for a person stays pending."""
    unsettled = ChangeRequest.objects.filter(pk__in=requests, state__in=OPEN_STATES).exclude(state="pending")
    deadline = time.monotonic() + seconds
    while unsettled.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not settled: {list(unsettled.values_list('pk', 'state'))}")
        time.sleep(0.1)
