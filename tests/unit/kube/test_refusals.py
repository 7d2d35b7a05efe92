"""Who refused an object and why, read from the lines that API servers write."""

from __future__ import annotations

import pytest

from apps.kube.errors import Cause, ClusterError, Forbidden, ObjectNotFound, Rejected, ServerFault, Unreachable
from apps.kube.refusals import Refusal, Refuser, read_refusal

WEBHOOK = 'admission webhook "hosts.policy.example.com" denied the request: only lower-case paths'
SILENT = 'Internal error occurred: failed calling webhook "hosts.policy.example.com": dial tcp: refused'
NO_DRY_RUN = 'admission webhook "notes.policy.example.com" does not support dry run'
POLICY = (
    'ingresses.networking.k8s.io "shop" is forbidden: ValidatingAdmissionPolicy '
    "'paths.example.com' with binding 'paths' denied request: at most three paths"
)
QUOTA = (
    'ingresses.networking.k8s.io "shop" is forbidden: exceeded quota: few, requested: '
    "count/ingresses.networking.k8s.io=1, used: count/ingresses.networking.k8s.io=2, limited: 2"
)
ENDING = "unable to create new content in namespace web because it is being terminated"
RIGHT = 'ingresses.networking.k8s.io is forbidden: User "portico" cannot patch resource "ingresses" in "web"'


@pytest.mark.parametrize(
    ("error", "refuser", "name", "why"),
    [
        (Forbidden(WEBHOOK), Refuser.WEBHOOK, "hosts.policy.example.com", "only lower-case paths"),
        (
            Rejected('admission webhook "a" denied the request without explanation'),
            Refuser.WEBHOOK,
            "a",
            "",
        ),
        (ServerFault(SILENT), Refuser.SILENT_WEBHOOK, "hosts.policy.example.com", "dial tcp: refused"),
        (Rejected(NO_DRY_RUN), Refuser.NO_DRY_RUN, "notes.policy.example.com", ""),
        (Rejected(POLICY), Refuser.POLICY, "paths.example.com", "at most three paths"),
        (Forbidden(QUOTA), Refuser.QUOTA, "few", QUOTA.partition("few, ")[2]),
        (Forbidden(ENDING), Refuser.ENDING_NAMESPACE, "", ""),
        (Forbidden(RIGHT), Refuser.NO_RIGHT, "", ""),
        (ObjectNotFound('namespaces "web" not found'), Refuser.NO_NAMESPACE, "", ""),
        (
            Rejected(
                "Ingress is invalid", causes=[Cause("FieldValueInvalid", "spec.rules[0].host", "a lowercase name")]
            ),
            Refuser.API_SERVER,
            "",
            "spec.rules[0].host: a lowercase name",
        ),
        (Unreachable("No answer."), Refuser.NOBODY, "", ""),
        (ServerFault("The cluster answered with status 500."), Refuser.NOBODY, "", ""),
        (ClusterError("Something else."), Refuser.NOBODY, "", ""),
    ],
)
def test_refusal_is_told_by_who_and_why(error: ClusterError, refuser: Refuser, name: str, why: str) -> None:
    assert read_refusal(error) == Refusal(refuser, error.message, name, why)
