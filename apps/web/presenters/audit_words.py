"""The audit trail in sentences: one entry for every verb that the product records, and words for what changed.

A test walks the code for verbs and insists that each has its words here.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Words(NamedTuple):
    """`label` is what the filter calls it; `sentence` has places for {actor} and {object}."""

    label: Text
    sentence: Text


VERBS: dict[str, Words] = {
    # Requests
    "request.submit": Words(_("Request sent"), _("{actor} asked for {object}")),
    "request.resubmit": Words(_("Request sent again"), _("{actor} asked again for {object}")),
    "request.approve": Words(_("Request approved"), _("{actor} approved {object}")),
    "request.pass": Words(_("Last approval given"), _("{actor} gave the last approval for {object}")),
    "request.reject": Words(_("Request rejected"), _("{actor} rejected {object}")),
    "request.return": Words(_("Request returned"), _("{actor} returned {object} to be changed")),
    "request.withdraw": Words(_("Request withdrawn"), _("{actor} withdrew the request for {object}")),
    "request.comment": Words(_("Request commented on"), _("{actor} commented on {object}")),
    "request.remind": Words(_("Approvers reminded"), _("{actor} reminded the approvers of {object}")),
    "request.dispatch": Words(_("Request handed over to delivery"), _("{actor} handed {object} over to delivery")),
    "request.outdate": Words(_("Request found out of date"), _("{actor} found {object} out of date")),
    "request.block": Words(_("Request blocked"), _("{actor} blocked {object}")),
    "request.complete": Words(_("Request delivered"), _("{actor} delivered {object}")),
    "request.fail": Words(_("Delivery failed"), _("{actor} could not deliver {object}")),
    "request.retry": Words(_("Delivery taken up again"), _("{actor} takes {object} up again")),
    # Deliveries and what changed outside
    "delivery.retry": Words(_("Delivery retried"), _("{actor} tried the delivery of {object} again")),
    "delivery.revert": Words(
        _("Change in the cluster taken back"), _("{actor} took back what was changed of {object} in the cluster")
    ),
    # Certificates
    "certificate.uploaded": Words(_("Certificate uploaded"), _("{actor} uploaded certificate {object}")),
    "certificate.retired": Words(_("Certificate retired"), _("{actor} retired certificate {object}")),
    "certificate.copied": Words(_("Certificate copied"), _("{actor} copied certificate {object}")),
    # Clusters
    "cluster.registered": Words(_("Cluster registered"), _("{actor} registered cluster {object}")),
    "cluster.updated": Words(_("Cluster changed"), _("{actor} changed cluster {object}")),
    "cluster.rekeyed": Words(_("Cluster given a new credential"), _("{actor} gave cluster {object} a new credential")),
    "cluster.paused": Words(_("Cluster paused"), _("{actor} paused deliveries to cluster {object}")),
    "cluster.resumed": Words(_("Cluster resumed"), _("{actor} resumed deliveries to cluster {object}")),
    "cluster.retired": Words(_("Cluster retired"), _("{actor} retired cluster {object}")),
    "cluster.default_certificate_declared": Words(
        _("Default certificate named"), _("{actor} named the default certificate of cluster {object}")
    ),
    "cluster.default_certificate_withdrawn": Words(
        _("Default certificate taken away"), _("{actor} took the default certificate of cluster {object} away")
    ),
    "private_root.added": Words(
        _("Certificate authority trusted"), _("{actor} added the certificate authority {object}")
    ),
    "private_root.removed": Words(
        _("Certificate authority removed"), _("{actor} removed the certificate authority {object}")
    ),
    "keys.rotated": Words(_("Keys rotated"), _("{actor} rotated the keys that credentials are encrypted with")),
    # Hosts
    "zone.grant": Words(_("Zone granted"), _("{actor} granted zone {object}")),
    "zone.change": Words(_("Zone changed"), _("{actor} changed zone {object}")),
    "zone.revoke": Words(_("Zone revoked"), _("{actor} revoked zone {object}")),
    "host.share": Words(
        _("Paths on a shared host granted"), _("{actor} granted paths on {object}, as its owner agreed")
    ),
    "host.consent_withdrawn": Words(
        _("Consent to paths on a host taken back"), _("{actor} took back the consent to paths on {object}")
    ),
    "host.reserve": Words(_("Name reserved"), _("{actor} reserved the name {object}")),
    "host.unreserve": Words(_("Name released"), _("{actor} released the reserved name {object}")),
    # People
    "user.created": Words(_("Account created"), _("{actor} created the account {object}")),
    "user.updated": Words(_("Account changed"), _("{actor} changed the account {object}")),
    "user.activated": Words(_("Account activated"), _("{actor} activated the account {object}")),
    "user.deactivated": Words(_("Account deactivated"), _("{actor} deactivated the account {object}")),
    "user.password_changed": Words(_("Password changed"), _("{actor} changed the password of {object}")),
    "user.preferences_saved": Words(_("Preferences saved"), _("{actor} saved the preferences of {object}")),
    "user.notices_chosen": Words(_("Notices chosen"), _("{actor} chose which notices {object} gets")),
    "team.created": Words(_("Team created"), _("{actor} created team {object}")),
    "team.updated": Words(_("Team changed"), _("{actor} changed team {object}")),
    "team.limit_set": Words(_("Limit of a team set"), _("{actor} limited the exposures of team {object}")),
    "team.member_set": Words(_("Team member set"), _("{actor} set a member of team {object}")),
    "team.member_removed": Words(_("Team member removed"), _("{actor} removed a member of team {object}")),
    "grant.created": Words(_("Namespace granted"), _("{actor} granted namespace {object}")),
    "grant.limit_set": Words(_("Limit of a namespace set"), _("{actor} limited the exposures in namespace {object}")),
    "grant.revoked": Words(_("Namespace revoked"), _("{actor} revoked namespace {object}")),
    "group.created": Words(_("Approver group created"), _("{actor} created approver group {object}")),
    "group.members_set": Words(_("Approver group changed"), _("{actor} set the members of group {object}")),
    "token.created": Words(_("API token created"), _("{actor} created API token {object}")),
    "token.revoked": Words(_("API token revoked"), _("{actor} revoked API token {object}")),
    "calendar.created": Words(_("Calendar address made"), _("{actor} made the calendar address of {object}")),
    "calendar.renewed": Words(_("Calendar address renewed"), _("{actor} renewed the calendar address of {object}")),
    "calendar.revoked": Words(_("Calendar address revoked"), _("{actor} revoked the calendar address of {object}")),
    "view.saved": Words(_("View saved"), _("{actor} saved the view {object}")),
    "view.renamed": Words(_("View renamed"), _("{actor} renamed the view {object}")),
    "view.deleted": Words(_("View deleted"), _("{actor} deleted the view {object}")),
}
# What reads differently when the product did it by itself.
BY_SYSTEM: dict[str, Text] = {
    "request.pass": _("{actor}: nobody had to approve {object}"),
    "request.complete": _("{actor}: {object} is done as approved"),
    "request.fail": _("{actor}: {object} could not be delivered"),
    "request.dispatch": _("{actor}: {object} goes to delivery"),
}
OBJECTS: dict[str, Text] = {
    "request": _("Request"),
    "exposure": _("Exposure"),
    "delivery": _("Delivery"),
    "certificate": _("Certificate"),
    "cluster": _("Cluster"),
    "key_ring": _("Key ring"),
    "private_root": _("Private certificate authority"),
    "zone": _("Zone"),
    "reserved_host": _("Reserved name"),
    "user": _("Account"),
    "team": _("Team"),
    "namespace_grant": _("Namespace grant"),
    "approver_group": _("Approver group"),
    "token": _("API token"),
    "calendar": _("Calendar address"),
    "view": _("Saved view"),
}
FIELDS: dict[str, Text] = {
    "state": _("State"),
    "round": _("Round"),
    "content_hash": _("Hash of the content"),
    "overwrite": _("Overwrite what others changed"),
    "revision": _("Revision"),
    "changed_by": _("Changed by"),
    "name": _("Name"),
    "title": _("Title"),
    "contact": _("Contact"),
    "role": _("Role"),
    "username": _("User name"),
    "members": _("Members"),
    "team": _("Team"),
    "group": _("Approver group"),
    "approver_group": _("Approver group"),
    "cluster": _("Cluster"),
    "namespace": _("Namespace"),
    "environment": _("Environment"),
    "endpoint_url": _("Address of the API"),
    "wildcard_domain": _("Wildcard domain"),
    "entry": _("Entry"),
    "http_port": _("HTTP port"),
    "https_port": _("HTTPS port"),
    "addresses": _("Addresses"),
    "default_ingress_class_name": _("Default ingress class"),
    "pause_reason": _("Reason of the pause"),
    "reason": _("Reason"),
    "pattern": _("Pattern"),
    "scopes": _("Scopes"),
    "allowed_networks": _("Allowed networks"),
    "expiry": _("Expiry"),
    "expires_at": _("Expiry"),
    "language": _("Language"),
    "theme": _("Theme"),
    "time_zone": _("Time zone"),
    "shortcuts": _("Keyboard shortcuts"),
    "is_active": _("Active"),
    "is_platform_admin": _("Platform admin"),
    "is_auditor": _("Auditor"),
    "email": _("E-mail"),
    "fingerprint_sha256": _("Fingerprint"),
    "subject_names": _("Names in the certificate"),
    "not_after": _("Valid until"),
    "secret_name": _("Secret"),
    "page": _("List"),
    "query": _("Filters"),
}


def verb_label(verb: str) -> Text:
    return VERBS[verb].label if verb in VERBS else verb


def verb_sentence(verb: str, *, by_system: bool = False) -> Text:
    """With places for {actor} and {object}; a verb without words is told as it is."""
    if by_system and verb in BY_SYSTEM:
        return BY_SYSTEM[verb]
    return VERBS[verb].sentence if verb in VERBS else f"{{actor}}: {verb} {{object}}"


def object_label(kind: str) -> Text:
    return OBJECTS.get(kind) or _plain(kind)


def field_label(path: str) -> str:
    """A dotted path as people say it: what is known by name, numbers as they are, the rest in plain letters."""
    return " › ".join(str(FIELDS.get(part) or _plain(part)) for part in path.split("."))


def _plain(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
