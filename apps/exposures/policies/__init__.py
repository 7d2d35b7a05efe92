"""The rules an exposure must keep: pure functions over facts, one chain behind form, API and the delivery gate."""

from apps.exposures.policies.chain import CHAIN, check_all
from apps.exposures.policies.conflicts import find_conflicts
from apps.exposures.policies.consent import needs_consent
from apps.exposures.policies.facts import (
    CertificateFacts,
    ClusterFacts,
    DefaultCertificate,
    Facts,
    ServiceFacts,
    ZoneFacts,
)
from apps.exposures.policies.sharing import find_sharing
from apps.exposures.policies.uses import HostUse, LiveObject, PathUse, SharedHost

__all__ = [
    "CHAIN",
    "CertificateFacts",
    "ClusterFacts",
    "DefaultCertificate",
    "Facts",
    "HostUse",
    "LiveObject",
    "PathUse",
    "ServiceFacts",
    "SharedHost",
    "ZoneFacts",
    "check_all",
    "find_conflicts",
    "find_sharing",
    "needs_consent",
]
