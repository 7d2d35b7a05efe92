"""The error codes with their titles and the way on, in one file.

A problem whose code is missing here is titled by its HTTP status (`apps/api/problems.py`); a test walks the error
classes and insists that each has an entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` names the kind of error, `next_step` tells a person what to do."""

    title: Text
    next_step: Text


CATALOGUE: dict[str, Entry] = {
    # What was sent has the wrong shape
    "invalid": Entry(_("The input is not valid"), _("Correct the fields named and send it again.")),
    "unknown_field": Entry(_("Unknown field"), _("Leave the field out, or check its spelling.")),
    "kubeconfig_refused": Entry(_("The kubeconfig cannot be used"), _("Correct what is named and register again.")),
    "address_refused": Entry(_("The address is not allowed"), _("Use the cluster's own https address.")),
    "idempotency_key_reused": Entry(_("The key belongs to another request"), _("Use a new Idempotency-Key.")),
    "body_too_large": Entry(_("The body is too large"), _("Send less at once.")),
    "in_progress": Entry(_("The first request still runs"), _("Wait for its answer, then send it again.")),
    "precondition_failed": Entry(_("It changed in the meantime"), _("Read it again, then decide.")),
    # A rule is broken
    "policy_violation": Entry(_("A rule does not allow this"), _("Each error says what to change.")),
    "gate_closed": Entry(_("It may not be pushed any more"), _("Ask again with the present facts.")),
    # Who may
    "not_permitted": Entry(_("You may not do this"), _("Ask a maintainer of the team or a platform admin.")),
    "self_approval": Entry(_("Nobody decides on their own request"), _("Ask another member of the group.")),
    "not_found": Entry(_("There is nothing here"), _("Check the address, or ask for access.")),
    # Collisions
    "conflict": Entry(_("Something else is in the way"), _("Look at the present state and try again.")),
    "host_conflict": Entry(_("The host is taken"), _("Talk to the owner named, or choose another host.")),
    "consent_withdrawn": Entry(
        _("The host’s owner took its consent back"), _("Ask it again with a new request, or take the exposure down.")
    ),
    "request_open": Entry(_("A request is open already"), _("Finish or withdraw the open request first.")),
    "invalid_transition": Entry(_("The state has changed"), _("Reload to see the present state.")),
    "stale_revision": Entry(_("The content has changed"), _("Look at the new content, then decide.")),
    "attempts_used_up": Entry(_("It was tried too often"), _("Ask the platform team to look at the logs, then retry.")),
    "view_exists": Entry(_("The name is taken"), _("Choose another name for the view.")),
    "drift_changed": Entry(_("The object has changed again"), _("Look at the differences, then decide.")),
    "superseded": Entry(_("A newer revision has taken its place"), _("Look at the newest revision.")),
    "cluster_exists": Entry(_("The cluster exists already"), _("Choose another name.")),
    "zone_granted": Entry(_("The zone is granted already"), _("Nothing has to be done.")),
    "host_reserved": Entry(_("The name is reserved"), _("Choose another host.")),
    "reminded_recently": Entry(_("A reminder was sent recently"), _("Wait an hour, or talk to them.")),
    # The cluster
    "vault_error": Entry(_("A credential cannot be opened"), _("The platform team must look at the key ring.")),
    "encryption_keys_invalid": Entry(_("The key ring cannot be read"), _("Correct PORTICO_ENCRYPTION_KEYS.")),
    "encryption_key_missing": Entry(_("A key is missing"), _("Put the named key back into the key ring.")),
    "credential_unreadable": Entry(_("A credential cannot be opened"), _("Re-key the cluster.")),
    "credential_missing": Entry(_("The cluster has no credential"), _("Re-key the cluster.")),
    "unavailable": Entry(_("A part cannot be reached"), _("Try again in a moment.")),
    "cluster_error": Entry(_("The cluster could not do it"), _("Ask the platform team.")),
    "cluster_unreachable": Entry(_("The cluster cannot be reached"), _("It is tried again by itself.")),
    "cluster_untrusted": Entry(_("Something else answers for the cluster"), _("A platform admin must look at it.")),
    "cluster_unauthorized": Entry(_("The cluster refuses the credential"), _("A platform admin must renew it.")),
    "cluster_forbidden": Entry(_("The cluster says no"), _("A platform admin must extend the portal's rights.")),
    "object_not_found": Entry(_("The object is not in the cluster"), _("Refresh, then look again.")),
    "object_conflict": Entry(_("The object has moved on"), _("Try again.")),
    "apply_conflict": Entry(_("Somebody else changed the object"), _("Look at the drift, then retry and overwrite.")),
    "cluster_rejected": Entry(_("The cluster refuses the object"), _("Change what it names and ask again.")),
    "cluster_busy": Entry(_("The cluster asks for a pause"), _("It is tried again by itself.")),
    "cluster_fault": Entry(_("The cluster has a fault"), _("It is tried again by itself.")),
    "cluster_answer_too_large": Entry(_("The answer is too large"), _("Ask the platform team.")),
    "resource_version_gone": Entry(_("The list has moved on"), _("It is read again by itself.")),
    "cluster_redirects": Entry(_("The endpoint redirects"), _("Register the address it redirects to.")),
    "not_ours": Entry(_("The object is not the portal's"), _("Ask the platform team.")),
    "read_back_differs": Entry(_("Something else writes to the object"), _("Look at the drift.")),
    "still_there": Entry(_("The object is not gone yet"), _("It is tried again by itself.")),
    "error": Entry(_("Something went wrong"), _("Try again, or tell the platform team the request id.")),
}
