"""API tokens: made and revoked by their owner, recognised by digest.

A token is dead once it expired, was revoked, or its owner was deactivated. The plain text exists once, in the answer
of `create_token`; the database keeps its digest.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.crypto import hash_token

from apps.accounts.enums import Scope
from apps.accounts.models import ApiToken, User
from apps.accounts.permissions import check, may_revoke_token
from apps.accounts.services.cleaning import invalid
from apps.audit.services import record
from apps.common.errors import NotFound, NotPermitted, Violation
from apps.common.ids import new_id
from apps.common.request_context import current_context

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_DAYS = 365
MAX_NETWORKS = 20
NAME_LENGTH = 100
TOUCH_EVERY = timedelta(minutes=1)


def create_token(
    *, by: User, name: str, scopes: Iterable[str], expires_in_days: int = 90, allowed_networks: Iterable[str] = ()
) -> tuple[ApiToken, str]:
    """A new token of `by` and its plain text, which can not be had again."""
    scopes = list(scopes)
    networks, errors = _parse_networks(list(allowed_networks))
    errors = [*_name_errors(name.strip()), *_scope_errors(scopes), *_expiry_errors(expires_in_days), *errors]
    if errors:
        raise invalid(errors)
    wanted_scopes = [scope for scope in Scope.values if scope in scopes]
    with transaction.atomic():
        if not User.objects.filter(pk=by.pk, is_active=True).exists():
            raise NotPermitted(_("This account is deactivated."))
        _refuse_wider_than_caller(wanted_scopes, networks)
        token, plaintext = ApiToken.objects.create(
            user=by,
            expiry=timedelta(days=expires_in_days),
            public_id=new_id("tok"),
            name=name.strip(),
            scopes=wanted_scopes,
            allowed_networks=[str(network) for network in networks],
        )
        _record("token.created", by=by, token=token, after=snapshot(token))
    return token, plaintext


def revoke_token(*, by: User, token: ApiToken) -> None:
    """The token is dead from the next request on. Owners revoke their own, platform admins anyone's."""
    check(may_revoke_token(by, token))
    with transaction.atomic():
        deleted, _rows = ApiToken.objects.filter(pk=token.pk).delete()
        if not deleted:
            raise NotFound(_("This token was revoked already."), code="token_not_found")
        _record("token.revoked", by=by, token=token, before=snapshot(token))


def authenticate_token(plaintext: str, address: str) -> ApiToken | None:
    """The live token with this plain text, its owner loaded; None when there is none.

    A token used from outside its networks raises NotPermitted: its holder should learn what is wrong.
    """
    token: ApiToken | None = ApiToken.objects.select_related("user").filter(digest=hash_token(plaintext)).first()
    if token is None or not token.user.is_active or has_expired(token):
        return None
    if not is_allowed_from(token, address):
        raise NotPermitted(
            _("This token may not be used from address %(address)s.") % {"address": address}, code="network_not_allowed"
        )
    return token


def touch_token(token: ApiToken, address: str) -> None:
    """Note the use, at most once a minute, so that a busy script does not write on every call."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - TOUCH_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now, last_used_from=address[:45])


def has_expired(token: ApiToken) -> bool:
    return token.expiry is not None and token.expiry <= timezone.now()


def is_allowed_from(token: ApiToken, address: str) -> bool:
    if not token.allowed_networks:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, ipaddress.IPv6Address) and caller.ipv4_mapped:
        caller = caller.ipv4_mapped
    return any(caller in ipaddress.ip_network(network) for network in token.allowed_networks)


def snapshot(token: ApiToken) -> dict[str, Any]:
    """What the audit trail keeps of a token: nothing that could be used as one."""
    return {
        "owner": token.user.username,
        "scopes": token.scopes,
        "allowed_networks": token.allowed_networks,
        "expires_at": token.expiry.isoformat() if token.expiry else None,
    }


def _name_errors(name: str) -> list[Violation]:
    if not name:
        return [Violation("required", "name", _("Give the token a name."))]
    if len(name) > NAME_LENGTH or not name.isprintable():
        return [Violation("name_invalid", "name", _("Use at most 100 printable characters."))]
    return []


def _scope_errors(scopes: Sequence[str]) -> list[Violation]:
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        message = _("There is no scope %(scopes)s.") % {"scopes": ", ".join(unknown)}
        return [
            Violation(
                "unknown_scope", "scopes", message, _("Scopes: %(scopes)s.") % {"scopes": ", ".join(Scope.values)}
            )
        ]
    if not scopes:
        return [Violation("required", "scopes", _("Choose at least one scope."))]
    return []


def _expiry_errors(days: int) -> list[Violation]:
    if 1 <= days <= MAX_DAYS:
        return []
    return [Violation("out_of_range", "expires_in_days", _("A token lives for 1 to 365 days."))]


def _parse_networks(texts: list[str]) -> tuple[list[Network], list[Violation]]:
    networks: list[Network] = []
    errors = []
    if len(texts) > MAX_NETWORKS:
        errors.append(Violation("too_many", "allowed_networks", _("Name at most 20 networks.")))
    for index, text in enumerate(texts[:MAX_NETWORKS]):
        try:
            networks.append(ipaddress.ip_network(text.strip()))
        except ValueError:
            message = _("%(text)s is not a network.") % {"text": text[:50]}
            hint = _("Write it like 10.0.0.0/8 or 2001:db8::/32; the bits behind the prefix are zero.")
            errors.append(Violation("network_invalid", f"allowed_networks.{index}", message, hint))
    return networks, errors


def _refuse_wider_than_caller(scopes: list[str], networks: list[Network]) -> None:
    # A leaked token must not be able to make itself a stronger one.
    token_id = current_context().token_id
    if not token_id:
        return
    caller = ApiToken.objects.filter(public_id=token_id).first()
    if caller is None:
        raise NotPermitted(_("The token of this request was revoked."))
    if not set(scopes) <= set(caller.scopes):
        raise NotPermitted(_("A token can only create tokens with scopes of its own."), code="scope_not_held")
    if caller.allowed_networks and not (networks and all(_is_within(network, caller) for network in networks)):
        raise NotPermitted(_("A token can only create tokens for networks of its own."), code="network_not_held")


def _is_within(network: Network, caller: ApiToken) -> bool:
    allowed = (ipaddress.ip_network(text) for text in caller.allowed_networks)
    return any(a.version == network.version and network.subnet_of(a) for a in allowed)  # type: ignore[arg-type]


def _record(verb: str, *, by: User, token: ApiToken, **content: Any) -> None:
    record(verb, by=by, object_type="token", object_id=token.public_id, object_name=token.name, **content)
