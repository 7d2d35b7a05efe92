"""Fills an empty database with a large installation, so that pages can be measured on it (see pages.py).

    DATABASE_URL=… .venv/bin/python -m benchmarks.fleet FIRST LAST

adds the clusters numbered FIRST up to, not including, LAST: each with 100 exposures and, in proportion, namespaces,
services, Secrets, Ingresses, grants, requests, deliveries and audit events. People and teams come with the first call.
Prints one JSON object: a session for each role, and names to put into addresses.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from apps.accounts.models import NamespaceGrant, Team  # noqa: E402
from apps.approvals.enums import RequestState, SlotState, StageMode, StageState, Verb, Verdict  # noqa: E402
from apps.approvals.models import ChangeRequest, Decision, RequestEvent, Slot, Stage  # noqa: E402
from apps.audit.models import AuditEvent, ChainHead  # noqa: E402
from apps.audit.services import CHAIN, event_hash  # noqa: E402
from apps.clusters.models import Cluster  # noqa: E402
from apps.common.conditions import set_condition  # noqa: E402
from apps.delivery.enums import DeliveryOperation, DeliveryState  # noqa: E402
from apps.delivery.models import Delivery  # noqa: E402
from apps.domains.models import HostClaim, NameCheck  # noqa: E402
from apps.exposures.enums import ConditionType, Operation  # noqa: E402
from apps.exposures.models import Exposure, Revision  # noqa: E402
from apps.inventory.models import (  # noqa: E402
    Collection,
    Ingress,
    IngressClass,
    IngressPath,
    Namespace,
    Secret,
    Service,
)
from apps.kube.manifests import BackendPath, canonical_json, render_ingress  # noqa: E402
from benchmarks.company import TEAMS, Company, session_of  # noqa: E402

NOW = datetime.now(UTC)
ENVIRONMENTS = ("dev", "test", "staging", "prod")
NAMESPACES, EXPOSURES, FOREIGN = 20, 100, 20
# Of 100 exposures of a cluster: these have an open request, a failed one, a host that does not answer; one drifted.
PENDING, FAILED, SILENT = (0, 10, 40, 50), (3, 13, 43, 53), (5, 15, 45, 55)
DRIFTED = 60
KINDS = ("Namespace", "Service", "EndpointSlice", "Secret", "Ingress", "IngressClass")
COLUMNS = 400


class ClusterSeed:
    """One cluster with everything in it."""

    def __init__(self, number: int, company: Company) -> None:
        self.number, self.company = number, company
        self.author = company.users["developer"]
        environment = ENVIRONMENTS[number % len(ENVIRONMENTS)]
        self.domain = f"{environment}-{number:03}.example.net"
        self.cluster = Cluster.objects.create(
            name=f"{environment}-{number:03}",
            environment=environment,
            endpoint=f"https://api.{self.domain}:6443",
            certificate_authority="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" * 20,
            wildcard_domain=self.domain if environment in ("dev", "test") else "",
            entry={"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443},
            default_ingress_class_name="traefik",
            version="v1.35.1",
            latency_ms=12,
            checked_at=NOW,
            conditions=_conditions(Reachable=number % 20 != 7, Authorized=True),
            last_check=[
                {"name": name, "status": "passed", "message": "Passed.", "hint": "", "elapsed_ms": 3}
                for name in ("resolve", "connect", "tls", "authenticate", "version", "permissions", "ingress_classes")
            ],
        )

    def fill(self) -> None:
        self._inventory()
        exposures = list(self._exposures())
        Exposure.objects.bulk_create(exposures)
        HostClaim.objects.bulk_create([HostClaim(host=one.host, team=one.team) for one in exposures])
        NameCheck.objects.bulk_create([self._name_check(one) for one in exposures])
        self._ingresses(exposures)
        revisions = [self._revision(one, 1, Operation.CREATE) for one in exposures]
        Revision.objects.bulk_create(revisions)
        requests = [self._request(revision, RequestState.DONE) for revision in revisions]
        later = [
            self._revision(exposures[index], 2, Operation.UPDATE, revisions[index]) for index in (*PENDING, *FAILED)
        ]
        Revision.objects.bulk_create(later)
        requests += [self._request(revision, RequestState.PENDING) for revision in later[: len(PENDING)]]
        requests += [self._request(revision, RequestState.FAILED) for revision in later[len(PENDING) :]]
        ChangeRequest.objects.bulk_create(requests)
        self._approvals(requests)
        Delivery.objects.bulk_create([self._delivery(request) for request in requests if request.state != "pending"])
        for exposure, revision in zip(exposures, revisions, strict=True):
            exposure.desired_revision = exposure.live_revision = revision
        Exposure.objects.bulk_update(exposures, ["desired_revision", "live_revision"], batch_size=COLUMNS)
        _record(requests, self.cluster)

    def team_of(self, namespace: int) -> Team:
        return self.company.teams[(self.number * NAMESPACES + namespace) % TEAMS]

    def _inventory(self) -> None:
        cluster, names = self.cluster, [f"space-{number:02}" for number in range(NAMESPACES)]
        NamespaceGrant.objects.bulk_create(
            NamespaceGrant(team=self.team_of(number), cluster_name=cluster.name, namespace=name)
            for number, name in enumerate(names)
        )
        Collection.objects.bulk_create(
            Collection(cluster=cluster, kind=kind, observed_at=NOW, attempted_at=NOW) for kind in KINDS
        )
        Namespace.objects.bulk_create(Namespace(cluster=cluster, name=name, uid=name) for name in names)
        classes = {"traefik": "traefik.io/ingress-controller", "nginx": "k8s.io/ingress-nginx"}
        IngressClass.objects.bulk_create(
            IngressClass(cluster=cluster, name=name, controller=controller, is_default=name == "traefik")
            for name, controller in classes.items()
        )
        port = {"name": "http", "port": 80, "protocol": "TCP", "app_protocol": None}
        Service.objects.bulk_create(
            Service(
                cluster=cluster,
                namespace=name,
                name=f"service-{number}",
                type="ClusterIP",
                ports=[port],
                ready_endpoints=2,
            )
            for name in names
            for number in range(5)
        )
        Secret.objects.bulk_create(self._secret(name, number) for name in names for number in range(2))

    def _secret(self, namespace: str, number: int) -> Secret:
        days = (self.number * 7 + number * 30) % 90 - 5
        return Secret(
            cluster=self.cluster,
            namespace=namespace,
            name=f"certificate-{number}",
            is_tls=True,
            usable=days > 0,
            subject_names=[f"{namespace}.example.com", f"*.{namespace}.example.com"],
            issuer="CN=An authority",
            not_before=NOW - timedelta(days=90 - days),
            not_after=NOW + timedelta(days=days),
            fingerprint_sha256=":".join(["AB"] * 32),
            key_type="RSA 2048",
            reasons=[] if days > 0 else [{"code": "expired", "message": "It has expired.", "hint": "Renew it."}],
        )

    def _exposures(self) -> Iterator[Exposure]:
        for index in range(EXPOSURES):
            namespace = index % NAMESPACES
            kinds = {ConditionType.APPROVED, ConditionType.APPLIED, ConditionType.ADMITTED}
            states = {str(kind.value): True for kind in kinds} | {"Serving": index not in SILENT, "Resolves": True}
            yield Exposure(
                cluster=self.cluster,
                namespace=f"space-{namespace:02}",
                host=f"app-{index:03}.{self.domain}",
                team=self.team_of(namespace),
                object_name=f"portico-app-{index:03}",
                generation=1,
                observed_generation=1,
                conditions=_conditions(**states, Ready=index not in SILENT),
                serving=str(index not in SILENT),
                drift="changed" if index == DRIFTED else "",
                created_by=self.author,
            )

    def _revision(
        self, exposure: Exposure, number: int, operation: Operation, base: Revision | None = None
    ) -> Revision:
        secret = "certificate-0" if int(exposure.object_name[-3:]) % 3 == 0 else None
        path = {"path": "/", "path_type": "Prefix", "service_name": f"service-{number}", "service_port": "http"}
        spec = {
            "host": exposure.host,
            "paths": [path],
            "tls": {"secret_name": secret} if secret else None,
            "options": {},
            "ingress_class_name": None,
        }
        manifest = render_ingress(
            name=exposure.object_name,
            namespace=exposure.namespace,
            exposure_id=exposure.pk,
            host=exposure.host,
            paths=[BackendPath(path="/", path_type="Prefix", service_name=f"service-{number}", service_port="http")],
            tls_secret_name=secret,
            ingress_class_name="traefik",
            annotations={},
        )
        rendered = canonical_json(manifest).decode()
        return Revision(
            exposure=exposure,
            number=number,
            operation=operation,
            spec=spec,
            rendered=rendered,
            renderer_version="1",
            content_hash="sha256:" + hashlib.sha256(rendered.encode()).hexdigest(),
            base_revision=base,
            author=self.author,
            reason="The shop moves.",
        )

    def _name_check(self, exposure: Exposure) -> NameCheck:
        return NameCheck(cluster=self.cluster, name=exposure.host, checked_at=NOW, due_at=NOW + timedelta(days=1))

    def _ingresses(self, exposures: list[Exposure]) -> None:
        ingresses = [
            Ingress(
                cluster=self.cluster,
                namespace=one.namespace,
                name=one.object_name,
                ingress_class_name="traefik",
                exposure_id=one.pk,
                addresses=["10.0.0.10"],
                created_at=NOW,
            )
            for one in exposures
        ]
        ingresses += [
            Ingress(cluster=self.cluster, namespace=f"space-{number:02}", name="by-hand", ingress_class_name="nginx")
            for number in range(FOREIGN)
        ]
        hosts = [one.host for one in exposures] + [f"by-hand-{number}.{self.domain}" for number in range(FOREIGN)]
        Ingress.objects.bulk_create(ingresses)
        IngressPath.objects.bulk_create(
            IngressPath(ingress=ingress, host=host, service_name="service-1", service_port="http")
            for ingress, host in zip(ingresses, hosts, strict=True)
        )

    def _request(self, revision: Revision, state: RequestState) -> ChangeRequest:
        settled = state in (RequestState.DONE, RequestState.FAILED)
        return ChangeRequest(
            exposure=revision.exposure,
            operation=revision.operation,
            revision=revision,
            submitter=self.author,
            state=state,
            flow={"version": 1, "because": [], "stages": []},
            submitted_at=NOW,
            settled_at=NOW if settled else None,
        )

    def _approvals(self, requests: list[ChangeRequest]) -> None:
        """Every third request passed a stage; those that are open wait in one."""
        asked = [request for index, request in enumerate(requests) if request.state != "done" or index % 3 == 0]
        stages = [_stage(request) for request in asked]
        Stage.objects.bulk_create(stages)
        slots = [_slot(stage) for stage in stages]
        Slot.objects.bulk_create(slots)
        Decision.objects.bulk_create(
            Decision(
                stage=slot.stage,
                slot=slot,
                actor=self.company.users["approver"],
                verdict=Verdict.APPROVE,
                content_hash=slot.stage.request.revision.content_hash,
                round=1,
                channel="web",
            )
            for slot in slots
            if slot.state == SlotState.APPROVED
        )
        RequestEvent.objects.bulk_create(event for request in requests for event in _events(request))

    def _delivery(self, request: ChangeRequest) -> Delivery:
        is_done = request.state == RequestState.DONE
        return Delivery(
            exposure=request.exposure,
            revision=request.revision,
            cluster=self.cluster,
            operation=DeliveryOperation.APPLY,
            state=DeliveryState.LIVE if is_done else DeliveryState.FAILED,
            attempt=1,
            was_sent=True,
            settled_at=NOW,
            steps=[
                {"name": name, "status": "passed", "message": "Passed.", "started_at": NOW.isoformat(), "elapsed_ms": 4}
                for name in ("gate", "plan", "apply", "observe", "probe")
            ],
        )


def _conditions(**states: bool) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = []
    for kind, is_so in states.items():
        status = "True" if is_so else "False"
        reason = "Answering" if is_so else "NoAnswer"
        conditions = set_condition(conditions, kind, status, reason=reason, message="Seen.", now=NOW)  # type: ignore[arg-type]
    return conditions


def _stage(request: ChangeRequest) -> Stage:
    is_open = request.state == RequestState.PENDING
    state = StageState.ACTIVE if is_open else StageState.PASSED
    return Stage(request=request, round=1, order=1, name="network", mode=StageMode.ANY, state=state, activated_at=NOW)


def _slot(stage: Stage) -> Slot:
    state = SlotState.OPEN if stage.state == StageState.ACTIVE else SlotState.APPROVED
    return Slot(stage=stage, principal="group:network", holder="group:network", state=state)


def _events(request: ChangeRequest) -> Iterator[RequestEvent]:
    """By somebody else than the approver, who could not decide otherwise."""
    way = [("", Verb.SUBMIT, RequestState.PENDING)]
    if request.state != RequestState.PENDING:
        way += [
            (RequestState.PENDING, Verb.PASS, RequestState.APPROVED),
            (RequestState.APPROVED, Verb.DISPATCH, RequestState.DELIVERING),
            (RequestState.DELIVERING, Verb.COMPLETE, RequestState.DONE),
        ]
    for before, verb, after in way:
        yield RequestEvent(
            request=request,
            actor="developer",
            verb=verb,
            before_state=before,
            after_state=after,
            content_hash=request.revision.content_hash,
            round=1,
        )


def _record(requests: list[ChangeRequest], cluster: Cluster) -> None:
    """Three audit events for each request, chained as the product chains them."""
    head, _made = ChainHead.objects.get_or_create(name=CHAIN)
    events = []
    for request in requests:
        for verb in ("request.submitted", "request.approved", "exposure.applied"):
            event = AuditEvent(
                sequence=head.sequence + 1,
                at=NOW,
                actor="developer",
                verb=verb,
                object_type="request",
                object_id=request.pk,
                object_name=request.exposure.host,
                team=request.exposure.team.name,
                cluster=cluster.name,
                channel="web",
                previous_hash=head.hash,
            )
            event.hash = event_hash(event)
            head.sequence, head.hash = event.sequence, event.hash
            events.append(event)
    AuditEvent.objects.bulk_create(events, batch_size=COLUMNS)
    head.save()


def samples() -> dict[str, str]:
    """One of each thing that has a page of its own, of the developer's teams."""
    team = Team.objects.order_by("name")[0]
    exposure = Exposure.objects.filter(team=team).order_by("host")[0]
    pending = ChangeRequest.objects.filter(state="pending", exposure__team=team).order_by("id")[0]
    done = ChangeRequest.objects.filter(state="done", exposure__team=team).order_by("id")[0]
    return {
        "cluster": exposure.cluster.name,
        "namespace": exposure.namespace,
        "team": team.name,
        "host": exposure.host,
        "exposure": exposure.pk,
        "revision": str(exposure.live_revision_id),
        "pending": pending.pk,
        "done": done.pk,
    }


def main() -> None:
    first, last = int(sys.argv[1]), int(sys.argv[2])
    company = Company()
    for number in range(first, last):
        with transaction.atomic():
            ClusterSeed(number, company).fill()
    if connection.vendor == "postgresql":  # which does so by itself, but later
        connection.cursor().execute("ANALYZE")
    sessions = {name: session_of(user) for name, user in company.users.items()}
    print(json.dumps({"sessions": sessions, "samples": samples()}))


if __name__ == "__main__":
    main()
