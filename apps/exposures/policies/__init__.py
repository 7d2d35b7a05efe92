"""The rules an exposure must keep: pure functions over facts, one chain behind form, API and the delivery gate."""

from apps.exposures.policies.circumstances import AdmissionFacts, Asker, Circumstances, Limit, NameFacts, Reading
from apps.exposures.policies.conflicts import find_conflicts, word_conflict
from apps.exposures.policies.consent import needs_consent
from apps.exposures.policies.facts import (
    CertificateFacts,
    ClusterFacts,
    DefaultCertificate,
    Facts,
    ServiceFacts,
    ZoneFacts,
)
from apps.exposures.policies.preflight import CHECKS, Preflight, check_all, run_preflight, with_admission
from apps.exposures.policies.sharing import find_sharing
from apps.exposures.policies.steps import State, Step, said_violation, step_from_stored
from apps.exposures.policies.uses import HostUse, LiveObject, PathUse, SharedHost

__all__ = [
    "CHECKS",
    "AdmissionFacts",
    "Asker",
    "CertificateFacts",
    "Circumstances",
    "ClusterFacts",
    "DefaultCertificate",
    "Facts",
    "HostUse",
    "Limit",
    "LiveObject",
    "NameFacts",
    "PathUse",
    "Preflight",
    "Reading",
    "ServiceFacts",
    "SharedHost",
    "State",
    "Step",
    "ZoneFacts",
    "check_all",
    "find_conflicts",
    "find_sharing",
    "needs_consent",
    "run_preflight",
    "said_violation",
    "step_from_stored",
    "with_admission",
    "word_conflict",
]
