"""One HTTPS conversation partner per cluster: TLS, authentication, limits; JSON in, JSON out.

Built on the official client's `Configuration` and `ApiClient`, with what that client leaves open closed: no redirects,
no retries, no proxies from the environment, explicit timeouts, a cap on what is read, and connections only to the
address that was checked while TLS verifies the name. Its models are not used: one odd object would fail a whole list.
"""

from __future__ import annotations

import json
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import (
    HTTPError,
    MaxRetryError,
    ProtocolError,
    SSLError,
    TimeoutError,  # noqa: A004  # urllib3's own name for its family of timeouts
)

from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say
from apps.kube.addresses import PinnedAddress
from apps.kube.answers import error_from
from apps.kube.credentials import Credential, Endpoint
from apps.kube.errors import AnswerTooLarge, ClusterError, ServerFault, Unauthorized, Unreachable, Untrusted

ANSWER_LIMIT = 64 * 1024 * 1024
POOL_SIZE = 8
CHUNK = 64 * 1024
USER_AGENT = "portico/0.1"

# Set by the caller around its calls; the API server writes it into its own audit log.
request_id: ContextVar[str] = ContextVar("kube_request_id", default="")
patience: ContextVar[float] = ContextVar("kube_patience", default=float("inf"))


@contextmanager
def calls_named(name: str) -> Iterator[None]:
    """Calls of the block carry `name`, so that one id leads from a browser's click to the API server's audit log."""
    token = request_id.set(name)
    try:
        yield
    finally:
        request_id.reset(token)


@contextmanager
def calls_within(seconds: float) -> Iterator[None]:
    """Calls of the block wait for the cluster's next byte no longer than so: a person waits for their answer."""
    token = patience.set(seconds)
    try:
        yield
    finally:
        patience.reset(token)


_import_lock = threading.Lock()


class Transport:
    """Thread safe; one per cluster and process, so that connections are kept."""

    def __init__(
        self,
        endpoint: Endpoint,
        credential: Credential,
        address: PinnedAddress,
        *,
        connect_timeout: float,
        read_timeout: float,
        answer_limit: int = ANSWER_LIMIT,
    ) -> None:
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._answer_limit = answer_limit
        literal = f"[{address.ip}]" if ":" in address.ip else address.ip
        self._base_url = f"https://{literal}:{address.port}{address.base_path}"
        host = f"[{address.host}]" if ":" in address.host else address.host
        self._headers = {"Host": f"{host}:{address.port}", "User-Agent": USER_AGENT}
        self._credential = credential
        self._client = _api_client(self._base_url, endpoint.tls_server_name or address.host, endpoint, credential)

    def close(self) -> None:
        self._client.rest_client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> dict[str, Any]:
        """The JSON object that answers; a ClusterError for everything else."""
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = content_type
        timeout = min(self._read_timeout, patience.get())
        with self._answer(
            method, path, query=query, body=body, extra_headers=headers, read_timeout=timeout
        ) as response:
            content = self._content(response, method, timeout)
            if response.status >= 300:
                raise error_from(response.status, content, response.headers, hide=self._credential.token)
        return _json_object(content)

    def stream(self, path: str, *, query: Mapping[str, str], idle_timeout: float) -> Iterator[dict[str, Any]]:
        """The JSON objects of an answer that has one a line, each as soon as its line is complete."""
        headers = {"Accept": "application/json"}
        with self._answer(
            "GET", path, query=query, body=None, extra_headers=headers, read_timeout=idle_timeout
        ) as response:
            if response.status >= 300:
                content = self._content(response, "GET", self._read_timeout)
                raise error_from(response.status, content, response.headers, hide=self._credential.token)
            for line in self._lines(response):
                yield _json_object(line)

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None,
        body: bytes | None,
        extra_headers: dict[str, str],
        read_timeout: float,
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        headers = self._headers | self._authorization() | extra_headers
        if request_id.get():
            headers["Audit-ID"] = request_id.get()
        url = self._base_url + path + (f"?{urlencode(query)}" if query else "")
        with _translated():
            response = self._client.rest_client.pool_manager.request(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=self._connect_timeout, read=read_timeout),
            )
            is_read = False
            try:
                yield response
                is_read = True
            finally:
                # Half-read answers must not go back into the pool: the next caller would read their rest.
                if not is_read:
                    response.close()
                response.release_conn()

    def _authorization(self) -> dict[str, str]:
        if not self._credential.token:
            return {}
        value: str = self._client.configuration.auth_settings()["BearerToken"]["value"]
        return {"Authorization": value}

    def _content(self, response: urllib3.BaseHTTPResponse, method: str, timeout: float) -> bytes:
        """The whole body, unless it is too large or trickles in for longer than any honest server needs."""
        deadline = time.monotonic() + 6 * timeout
        content = bytearray()
        while chunk := response.read1(CHUNK):
            content += chunk
            if len(content) > self._answer_limit:
                raise AnswerTooLarge(
                    say(
                        _n("The answer to %(method)s is larger than %(limit)d bytes."),
                        method=method,
                        limit=self._answer_limit,
                    )
                )
            if time.monotonic() > deadline:
                raise Unreachable(_n("The cluster's answer came too slowly."), code="cluster_timeout")
        return bytes(content)

    def _lines(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        pending = bytearray()
        while chunk := response.read1(CHUNK):
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                yield bytes(pending) + line
                pending.clear()
            pending += rest
            if len(pending) > self._answer_limit:
                raise AnswerTooLarge(
                    say(_n("One watch event is larger than %(limit)d bytes."), limit=self._answer_limit)
                )


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ServerFault(_n("The answer of the cluster is not JSON."), code="cluster_garbled") from error
    if not isinstance(answer, dict):
        raise ServerFault(_n("The answer of the cluster is not a JSON object."), code="cluster_garbled")
    return answer


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        raise _cluster_error(error) from error


def _cluster_error(error: HTTPError) -> ClusterError:
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
    if isinstance(cause, SSLError):
        if isinstance(cause.args[0], ssl.SSLCertVerificationError):
            return Untrusted(
                say(_n("The cluster's certificate is not trusted: %(error)s."), error=cause.args[0].verify_message)
            )
        return Unreachable(_n("The TLS handshake with the cluster failed."), code="cluster_tls")
    if isinstance(cause, TimeoutError) and "connect" not in type(cause).__name__.lower():
        return Unreachable(_n("The cluster did not answer in time."), code="cluster_timeout")
    if isinstance(cause, ProtocolError):
        return Unreachable(_n("The connection to the cluster broke off."), code="cluster_broke_off")
    return Unreachable(_n("The cluster cannot be reached."))


def _client_classes() -> tuple[Any, Any]:
    """Imported late because it costs 0.9 s and 70 MB, which a web process that never calls a cluster should not pay.

    One thread at a time: its modules import each other in circles, and two threads in such a circle block each other.
    """
    with _import_lock:
        from kubernetes.client import ApiClient, Configuration
    return ApiClient, Configuration


def _api_client(url: str, server_name: str, endpoint: Endpoint, credential: Credential) -> Any:
    client_class, configuration_class = _client_classes()
    configuration = configuration_class(host=url)
    configuration.proxy = None  # and with that none from the environment either
    configuration.retries = urllib3.Retry(total=0, redirect=False, raise_on_redirect=False)
    configuration.connection_pool_maxsize = POOL_SIZE
    configuration.keep_alive = True
    configuration.tls_server_name = server_name
    if credential.token:
        configuration.api_key = {"authorization": credential.token}
        configuration.api_key_prefix = {"authorization": "Bearer"}
    client = client_class(configuration)
    # The client would read certificate files at each new connection; a context that was loaded once needs none.
    pool_arguments = client.rest_client.pool_manager.connection_pool_kw
    for name in ("ca_certs", "ca_cert_data", "cert_file", "key_file"):
        pool_arguments.pop(name, None)
    pool_arguments["ssl_context"] = ssl_context(endpoint, credential)
    return client


def ssl_context(endpoint: Endpoint, credential: Credential) -> ssl.SSLContext:
    """Trusts the cluster's own authority and nothing else, and shows the client certificate if there is one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cadata=endpoint.certificate_authority)
        if credential.client_certificate:
            _load_client_certificate(context, credential)
    except ssl.SSLError as error:
        message = _n("The certificate authority or the client certificate cannot be used for TLS.")
        raise Unauthorized(message, code="credential_unusable") from error
    return context


def _load_client_certificate(context: ssl.SSLContext, credential: Credential) -> None:
    # OpenSSL through Python takes a client key from a file only; the file is ours alone (0600) and gone after the call.
    with tempfile.TemporaryDirectory(prefix="portico-") as folder:
        pair = Path(folder, "pair.pem")
        pair.touch(mode=0o600)
        pair.write_text(credential.client_key + "\n" + credential.client_certificate)
        context.load_cert_chain(pair)
