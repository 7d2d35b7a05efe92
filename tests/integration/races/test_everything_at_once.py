"""Many people, workers and a moody cluster act on a few hosts at random: nothing is lost or left half done."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import (
    add_comment,
    approve,
    open_create,
    open_delete,
    open_update,
    reject,
    resubmit,
    retry,
    return_request,
    withdraw,
)
from apps.common.errors import PortalError
from apps.delivery.models import Delivery
from apps.delivery.services import retry as retry_delivery
from apps.delivery.services import run_delivery, sweep
from apps.exposures.models import Exposure
from apps.exposures.spec import PathSpec
from apps.kube.kinds import INGRESS
from sandbox.server import SandboxCluster
from tests.integration.races.truths import assert_all_truths
from tests.integration.sandboxes import admin_client
from tests.integration.scenes import Scene, make_scene

SECONDS = 5.0
SEED = 20261123
HOSTS = ["one.example.com", "two.example.com", "three.example.com", "four.dev.example.net"]
PEOPLE, WORKERS = 5, 3


@pytest.fixture
def scene(transactional_db: None, sandbox: SandboxCluster) -> Scene:
    return make_scene(sandbox)


class Crowd:
    """One command after the other, drawn at random, until the time is over. What is refused is counted by code."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.deadline = time.monotonic() + SECONDS
        self.answers: Counter[str] = Counter()
        self.lock = threading.Lock()

    def act(self, seed: int) -> None:
        draw = random.Random(seed)
        commands = [self._ask, self._change, self._delete, *[self._decide] * 5, *[self._own] * 4]
        self._repeat(lambda: draw.choice(commands)(draw))

    def work(self, seed: int) -> None:
        draw = random.Random(seed)
        self._repeat(lambda: self._deliver_any(draw))

    def trouble(self, seed: int) -> None:
        """The cluster refuses, fails and recovers."""
        draw = random.Random(seed)
        while time.monotonic() < self.deadline:
            self.scene.sandbox.status(draw.choice([403, 503, 429]))
            time.sleep(0.1)
            self.scene.sandbox.clear()
            time.sleep(0.3)

    def _repeat(self, command: Callable[[], object]) -> None:
        try:
            while time.monotonic() < self.deadline:
                self._count(command)
        finally:
            connection.close()

    def _count(self, command: Callable[[], object]) -> None:
        try:
            answer = "nothing" if command() is None else "done"
        except PortalError as refusal:
            answer = refusal.code
        with self.lock:
            self.answers[answer] += 1

    def _ask(self, draw: random.Random) -> object:
        spec = self.scene.spec(draw.choice(HOSTS))
        return open_create(by=self._developer(draw), cluster=self.scene.cluster, namespace="web", spec=spec)

    def _change(self, draw: random.Random) -> object:
        exposure = self._exposure(draw)
        paths = (PathSpec(draw.choice(["/", "/a", "/b"]), "Prefix", "shop", "http"),)
        spec = self.scene.spec(exposure.host, paths=paths) if exposure else None
        return exposure and spec and open_update(by=self._developer(draw), exposure=exposure, spec=spec)

    def _delete(self, draw: random.Random) -> object:
        exposure = self._exposure(draw)
        return exposure and open_delete(by=self._developer(draw), exposure=exposure)

    def _decide(self, draw: random.Random) -> object:
        request = self._request(draw)
        command = draw.choice([approve, approve, approve, reject, return_request])
        who = draw.choice([self.scene.approver, self.scene.approver2])
        return request and command(by=who, request=request, content_hash=request.content_hash, comment="A test.")

    def _own(self, draw: random.Random) -> object:
        request = self._request(draw)
        if request is None:
            return None
        who = self._developer(draw)
        commands: list[Callable[[], object]] = [
            lambda: withdraw(by=who, request=request),
            lambda: resubmit(by=who, request=request),
            lambda: retry(by=who, request=request),
            lambda: add_comment(by=who, request=request, comment="Please."),
            lambda: retry_delivery(by=who, delivery=Delivery.objects.get(revision=request.revision_id)),
        ]
        try:
            return draw.choice(commands)()
        except Delivery.DoesNotExist:
            return None

    def _deliver_any(self, draw: random.Random) -> object:
        if draw.random() < 0.1:
            return sweep()
        waiting = list(Delivery.objects.unsettled().values_list("pk", flat=True))
        if not waiting:
            time.sleep(0.01)
            return None
        # Time flies for those that wait to be tried again.
        pk = draw.choice(waiting)
        Delivery.objects.filter(pk=pk, next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())
        run_delivery(pk)
        return pk

    def _developer(self, draw: random.Random) -> User:
        return draw.choice([self.scene.developer, self.scene.colleague])

    def _exposure(self, draw: random.Random) -> Exposure | None:
        living = list(Exposure.objects.active())
        return draw.choice(living) if living else None

    def _request(self, draw: random.Random) -> ChangeRequest | None:
        newest = list(ChangeRequest.objects.select_related("revision").order_by("-created_at")[:8])
        return draw.choice(newest) if newest else None


def test_random_commands_by_many_leave_every_invariant_whole(scene: Scene) -> None:
    crowd = Crowd(scene)

    with ThreadPoolExecutor(PEOPLE + WORKERS + 1) as pool:
        people = [pool.submit(crowd.act, SEED + number) for number in range(PEOPLE)]
        workers = [pool.submit(crowd.work, SEED + 100 + number) for number in range(WORKERS)]
        for future in [*people, *workers, pool.submit(crowd.trouble, SEED)]:
            future.result()

    deliver_what_is_left()
    assert_all_truths()
    assert_cluster_holds_what_is_live(scene)
    ended = Counter(ChangeRequest.objects.values_list("state", flat=True))
    # How much a machine gets done in the time differs; that much shows that the crowd was really at work.
    assert ended[RequestState.DONE] > 0 < crowd.answers["invalid_transition"], (ended, crowd.answers)


def deliver_what_is_left() -> None:
    for _ in range(50):
        left = list(unsettled())
        if not left:
            return
        Delivery.objects.filter(pk__in=left).update(next_attempt_at=None)
        for pk in left:
            run_delivery(pk)
    pytest.fail(f"still not settled: {list(Delivery.objects.unsettled().values())}")


def unsettled() -> Iterator[str]:
    yield from Delivery.objects.unsettled().values_list("pk", flat=True)


def assert_cluster_holds_what_is_live(scene: Scene) -> None:
    """Each live revision is there with its hash, once; nothing else of ours is, but what a failed delivery left."""
    with admin_client(scene.sandbox) as client:
        objects = client.list(INGRESS, "web").items
    found = {each["metadata"]["name"]: each["metadata"]["annotations"]["portico.dev/content-hash"] for each in objects}
    assert len(found) == len(objects)
    exposures = Exposure.objects.active().select_related("live_revision")
    live = {each.object_name: each.live_revision.content_hash for each in exposures if each.live_revision}
    unsure = {each.object_name for each in exposures if each.deliveries.filter(was_sent=True, state="failed").exists()}
    for name in unsure:
        found.pop(name, None)
        live.pop(name, None)
    assert found == live
