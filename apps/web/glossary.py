"""The hard words of the product, each explained once: beside the word (`{% help "entry" %}`) and on the help page."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Term(NamedTuple):
    word: str | Promise
    text: str | Promise


TERMS: dict[str, Term] = {
    "exposure": Term(
        _("Exposure"),
        _("One host name on one cluster that leads to your services. Portico keeps it as you asked for it."),
    ),
    "ingress_class": Term(
        _("Ingress class"),
        _("Which controller in the cluster answers for the host, such as nginx or traefik. If you are not "
          "sure, keep the cluster’s default."),
    ),
    "entry": Term(
        _("Entry"),
        _("The address at which a cluster takes in traffic. The DNS name of each of its hosts must point at it."),
    ),
    "wildcard_domain": Term(
        _("Wildcard domain"),
        _("All names under this domain point at the cluster already. A host under it needs no DNS change and often no "
          "approval."),
    ),
    "zone": Term(
        _("Zone"),
        _("A domain that was given to a team. The team may ask for hosts under it; an approver group decides on them."),
    ),
    "condition": Term(
        _("Condition"),
        _("One thing Portico watches, such as “does it answer?”, with yes, no or not known, since when, and why."),
    ),
    "drift": Term(
        _("Drift"),
        _("What is in the cluster differs from what was approved: somebody changed it by other means. You can look at "
          "the difference and put it right."),
    ),
    "revision": Term(
        _("Revision"),
        _("One version of an exposure, numbered and never changed afterwards. A request is about exactly one."),
    ),
    "content_hash": Term(
        _("Content hash"),
        _("A fingerprint of exactly what is applied. Approvals name it, so that nothing else can be delivered."),
    ),
}  # fmt: skip
