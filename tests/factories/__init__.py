"""One plain function per model. Each gives a valid row and takes what a test cares about as keywords.

`from tests import factories` and then `factories.make_exposure(host="shop.dev.example.net")`.
"""

from tests.factories.changes import make_change_request, make_decision, make_delivery, make_stage
from tests.factories.clusters import make_cluster
from tests.factories.domains import make_host_claim, make_reserved_host, make_zone
from tests.factories.exposures import make_exposure, make_revision, spec_json
from tests.factories.inventory import (
    make_collection,
    make_ingress,
    make_ingress_class,
    make_namespace,
    make_secret,
    make_service,
)
from tests.factories.notices import make_notice
from tests.factories.people import (
    make_approver_group,
    make_auditor,
    make_grant,
    make_membership,
    make_platform_admin,
    make_team,
    make_token,
    make_user,
)

__all__ = [
    "make_approver_group",
    "make_auditor",
    "make_change_request",
    "make_cluster",
    "make_collection",
    "make_decision",
    "make_delivery",
    "make_exposure",
    "make_grant",
    "make_host_claim",
    "make_ingress",
    "make_ingress_class",
    "make_membership",
    "make_namespace",
    "make_notice",
    "make_platform_admin",
    "make_reserved_host",
    "make_revision",
    "make_secret",
    "make_service",
    "make_stage",
    "make_team",
    "make_token",
    "make_user",
    "make_zone",
    "spec_json",
]
