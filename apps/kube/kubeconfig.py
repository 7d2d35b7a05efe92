"""Reads a kubeconfig that a person pasted, and takes from it only what the portal may use.

The official loader honours `exec`, file paths, proxies and switched-off TLS: with a pasted file each of these is code
execution, a file leak or a hijack (Flux CVE-2022-24817). Nothing of that is ever read here; it is refused with its
place and reason. Whatever the text is, the only error that leaves this module is KubeconfigRefused.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from apps.common.errors import Violation
from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say
from apps.kube.addresses import parse_address
from apps.kube.credentials import (
    Credential,
    Endpoint,
    check_certificate_authority,
    check_client_certificate,
    check_token,
    refused,
)
from apps.kube.errors import AddressRefused, KubeconfigRefused
from apps.kube.yamltree import YamlRefused, read_yaml

SIZE_LIMIT = 1024 * 1024

_INLINE = _n("Put the content into the file itself: `kubectl config view --raw --flatten --minify`.")
_ROBOT_HINT = _n("Use a service account token: `kubectl create token portico -n portico-system --duration 8760h`.")
_CLUSTER_REFUSALS = {
    "certificate-authority": (
        "file_path",
        _n("A path to a certificate authority file means nothing on the portal."),
        _INLINE,
    ),
    "insecure-skip-tls-verify": (
        "insecure_skip_tls_verify",
        _n("Switching TLS verification off would let anyone answer for the cluster."),
        _n("Add the certificate authority as `certificate-authority-data` and remove this field."),
    ),
    "proxy-url": (
        "proxy_url",
        _n("The portal calls clusters directly and never through a proxy that a kubeconfig names."),
        _n("Remove the field and make the API server reachable from the portal."),
    ),
}
_USER_REFUSALS = {
    "exec": ("exec", _n("A kubeconfig that runs a command is never executed."), _ROBOT_HINT),
    "auth-provider": ("auth_provider", _n("Authentication plug-ins are not run."), _ROBOT_HINT),
    "client-certificate": (
        "file_path",
        _n("A path to a client certificate file means nothing on the portal."),
        _INLINE,
    ),
    "client-key": ("file_path", _n("A path to a client key file means nothing on the portal."), _INLINE),
    "tokenFile": ("file_path", _n("A path to a token file means nothing on the portal."), _INLINE),
    "username": ("basic_auth", _n("User name and password are not accepted."), _ROBOT_HINT),
    "password": ("basic_auth", _n("User name and password are not accepted."), _ROBOT_HINT),
} | dict.fromkeys(
    ("as", "as-uid", "as-groups", "as-user-extra"),
    ("impersonation", _n("The portal acts as itself and impersonates nobody."), _n("Remove the `as` fields.")),
)


@dataclass(frozen=True, slots=True)
class ContextName:
    """One context that a kubeconfig offers."""

    name: str
    cluster: str
    user: str
    current: bool


@dataclass(frozen=True, slots=True)
class ReadKubeconfig:
    """What the portal keeps of a kubeconfig."""

    endpoint: Endpoint
    credential: Credential
    context: str


def list_contexts(text: str) -> list[ContextName]:
    """The contexts in their order in the file; KubeconfigRefused if the file cannot be read."""
    document = _document(text)
    current = _text(document, "current-context", "current-context")
    return [
        ContextName(
            name, _text(context, "cluster", f"{path}.cluster"), _text(context, "user", f"{path}.user"), name == current
        )
        for name, context, path in _named(document, "contexts", "context")
    ]


def read_kubeconfig(text: str, *, context: str | None = None) -> ReadKubeconfig:
    """Endpoint and credential of `context`, or of the only one; KubeconfigRefused with every reason found."""
    document = _document(text)
    chosen, chosen_path, name = _choose(document, context)
    cluster, cluster_path = _entry(document, "clusters", "cluster", chosen, f"{chosen_path}.cluster")
    user, user_path = _entry(document, "users", "user", chosen, f"{chosen_path}.user")
    violations = _violations(cluster, cluster_path, _CLUSTER_REFUSALS) + _violations(user, user_path, _USER_REFUSALS)
    if violations:
        raise KubeconfigRefused(violations[0].message, errors=violations)
    return ReadKubeconfig(_endpoint(cluster, cluster_path), _credential(user, user_path), name)


def read_token_registration(*, endpoint: str, certificate_authority: str, token: str) -> ReadKubeconfig:
    """The same from the three single fields of the registration form; fields are named as there."""
    _check_url(endpoint, "endpoint")
    authority = check_certificate_authority(certificate_authority, path="certificate_authority")
    return ReadKubeconfig(Endpoint(endpoint, authority), Credential(token=check_token(token, path="token")), "")


def _document(text: str) -> dict[str, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        message = _n("The kubeconfig is larger than 1 MiB.")
        raise refused("kubeconfig_too_large", "kubeconfig", message, "Reduce it to one context: " + _INLINE)
    try:
        document = read_yaml(text)
    except YamlRefused as error:
        raise refused(error.code, "kubeconfig", error.message, _n("Paste the file unchanged.")) from error
    if not isinstance(document, dict) or document.get("kind", "Config") != "Config":
        message = _n("This is not a kubeconfig: it has no clusters, users and contexts.")
        raise refused("not_a_kubeconfig", "kubeconfig", message, _n("Paste the output of `kubectl config view --raw`."))
    return document


def _choose(document: dict[str, Any], wanted: str | None) -> tuple[dict[str, Any], str, str]:
    contexts = _named(document, "contexts", "context")
    names = ", ".join(name for name, _, _ in contexts)
    if not contexts:
        raise refused("no_context", "contexts", _n("The kubeconfig has no context."), _INLINE)
    if wanted is None and len(contexts) > 1:
        message = say(_n("The kubeconfig has several contexts: %(names)s."), names=names)
        raise refused("context_required", "context", message, _n("Choose one of them."))
    for name, context, path in contexts:
        if wanted in {None, name}:
            return context, path, name
    message = say(_n("The kubeconfig has no such context; it has %(names)s."), names=names)
    raise refused("context_unknown", "context", message, _n("Choose one of them."))


def _named(document: dict[str, Any], plural: str, single: str) -> list[tuple[str, dict[str, Any], str]]:
    """The entries of a kubeconfig list as (name, content, path)."""
    entries = document.get(plural)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise _wrong_type(plural, "a list")
    found: list[tuple[str, dict[str, Any], str]] = []
    for index, entry in enumerate(entries):
        path = f"{plural}.{index}"
        name = _text(_mapping(entry, path), "name", f"{path}.name")
        if not name or name in {other for other, _, _ in found}:
            message = _n("Each entry needs a name of its own.")
            raise refused("name_missing_or_repeated", f"{path}.name", message, _n("Correct the names in the file."))
        found.append((name, _mapping(entry.get(single), f"{path}.{single}"), f"{path}.{single}"))
    return found


def _entry(
    document: dict[str, Any], plural: str, single: str, context: dict[str, Any], reference: str
) -> tuple[dict[str, Any], str]:
    wanted = _text(context, single, reference)
    for name, content, path in _named(document, plural, single):
        if name == wanted:
            return content, path
    message = say(_n("The context refers to a %(kind)s that the file does not have."), kind=single)
    raise refused(f"{single}_unknown", reference, message, _INLINE)


def _violations(content: dict[str, Any], path: str, refusals: dict[str, tuple[str, str, str]]) -> list[Violation]:
    return [
        Violation(code, f"{path}.{name}", message, hint)
        for name, (code, message, hint) in refusals.items()
        if content.get(name) not in (None, False, "", [], {})
    ]


def _endpoint(cluster: dict[str, Any], path: str) -> Endpoint:
    url = _text(cluster, "server", f"{path}.server")
    _check_url(url, f"{path}.server")
    authority_path = f"{path}.certificate-authority-data"
    authority = _decoded(cluster, "certificate-authority-data", authority_path)
    if not authority:
        message = _n("The cluster's certificate authority is missing, so nothing vouches for the API server.")
        raise refused("certificate_authority_missing", authority_path, message, _INLINE)
    server_name = _text(cluster, "tls-server-name", f"{path}.tls-server-name")
    if server_name:
        _check_server_name(server_name, f"{path}.tls-server-name")
    return Endpoint(url, check_certificate_authority(authority, path=authority_path), server_name)


def _credential(user: dict[str, Any], path: str) -> Credential:
    token = _text(user, "token", f"{path}.token")
    certificate = _decoded(user, "client-certificate-data", f"{path}.client-certificate-data")
    key = _decoded(user, "client-key-data", f"{path}.client-key-data")
    if not token and not certificate and not key:
        raise refused(
            "credential_missing", path, _n("The user has neither a token nor a client certificate."), _ROBOT_HINT
        )
    if certificate or key:
        certificate, key = check_client_certificate(certificate, key, path=path)
    return Credential(check_token(token, path=f"{path}.token") if token else "", certificate, key)


def _check_url(url: str, path: str) -> None:
    try:
        parse_address(url)
    except AddressRefused as error:
        first = error.errors[0]
        raise refused(first.code, path, first.message, first.hint) from error


def _check_server_name(name: str, path: str) -> None:
    try:
        parse_address(f"https://{name}")
    except AddressRefused as error:
        raise refused("tls_server_name_invalid", path, _n("The TLS server name is no host name."), "") from error


def _decoded(content: dict[str, Any], name: str, path: str) -> str:
    encoded = "".join(_text(content, name, path).split())
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise refused("base64_malformed", path, _n("The value is not base64-encoded text."), _INLINE) from error


def _text(content: dict[str, Any], name: str, path: str) -> str:
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong_type(path, "text")
    return value


def _mapping(value: Any, path: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong_type(path, "a mapping")
    return value


def _wrong_type(path: str, wanted: str) -> KubeconfigRefused:
    return refused(
        "wrong_type", path, say(_n("Here must be %(wanted)s."), wanted=wanted), _n("Paste the file unchanged.")
    )
