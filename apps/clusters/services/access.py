"""Reads what was given to reach a cluster, from a kubeconfig or from the single fields, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.translation import gettext as _

from apps.clusters.policies import ENDPOINT_LIMIT, collect
from apps.common.errors import InvalidInput, Violation
from apps.kube.addresses import check_address
from apps.kube.credentials import Credential, Endpoint
from apps.kube.errors import Unreachable
from apps.kube.kubeconfig import ReadKubeconfig, read_kubeconfig, read_token_registration

SINGLE_FIELDS = ("endpoint_url", "certificate_authority", "token")
TEXTS = ("kubeconfig", *SINGLE_FIELDS)


@dataclass(frozen=True, slots=True)
class AccessInput:
    """What a form or request carried; hides itself, since half of it is secret."""

    kubeconfig: str = field(default="", repr=False)
    context: str | None = None
    endpoint_url: str = ""
    certificate_authority: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    tls_server_name: str = ""


def read_access(given: AccessInput) -> tuple[Endpoint, Credential]:
    """Endpoint and credential; KubeconfigRefused, AddressRefused (S2, S3) or InvalidInput with the field at fault."""
    for name in TEXTS:
        _refuse_odd_text(name, getattr(given, name))
    has_single_fields = any(getattr(given, name) for name in SINGLE_FIELDS)
    if bool(given.kubeconfig) == has_single_fields:
        code = "invalid" if has_single_fields else "required"
        text = _("Give either a kubeconfig, or endpoint, certificate authority and token.")
        raise _invalid("kubeconfig", text, code)
    read = (
        _read_fields(given) if has_single_fields else read_kubeconfig(given.kubeconfig, context=given.context or None)
    )
    endpoint = read.endpoint
    if given.tls_server_name:
        endpoint = replace(endpoint, **collect({"tls_server_name": given.tls_server_name}))
    check_endpoint(endpoint)
    return endpoint, read.credential


def _read_kubeconfig(given: AccessInput) -> ReadKubeconfig:
    return read_kubeconfig(given.kubeconfig, context=given.context or None)


def _read_fields(given: AccessInput) -> ReadKubeconfig:
    return read_token_registration(
        endpoint=given.endpoint_url, certificate_authority=given.certificate_authority, token=given.token
    )


def check_endpoint(endpoint: Endpoint) -> None:
    """Refuse an address that may not be called (S3). A name that does not resolve today is the check's matter."""
    if len(endpoint.url) > ENDPOINT_LIMIT:
        raise _invalid("endpoint", _("The address is longer than %(limit)s characters.") % {"limit": ENDPOINT_LIMIT})
    try:
        check_address(endpoint.url, allow_loopback=settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS)
    except Unreachable:
        return


def _refuse_odd_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise _invalid(name.removesuffix("_url"), _("This must be text."))


def _invalid(field_name: str, message: str, code: str = "invalid") -> InvalidInput:
    return InvalidInput(message, errors=[Violation(code, field_name, message)])
