"""The gateway against servers that are slow, hostile or broken."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from apps.kube import errors
from apps.kube.client import ServerVersion
from apps.kube.credentials import Credential
from apps.kube.kinds import NAMESPACE
from apps.kube.transport import USER_AGENT, calls_within, request_id
from tests.unit.kube.certs import authority, issue
from tests.unit.kube.server import TOKEN, answer, chunked, raw, status

VERSION = answer(200, {"gitVersion": "v1.35.0", "major": "1", "minor": "35"})


def test_request_answered_returns_object_and_sends_our_headers(connect, server):
    client = connect(VERSION)

    assert client.version() == ServerVersion("v1.35.0", "1", "35")

    headers = server.received[0].headers
    assert headers == {
        "Host": f"127.0.0.1:{server.port}",
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
        "Authorization": f"Bearer {TOKEN}",
        "Accept": "application/json",
    }


def test_request_with_request_id_reaches_the_audit_log(connect, server):
    client = connect(VERSION)

    token = request_id.set("req-7")
    client.version()
    request_id.reset(token)
    client.version()

    assert [request.headers.get("Audit-ID") for request in server.received] == ["req-7", None]


def test_request_repeated_keeps_the_connection(connect, server):
    client = connect(VERSION)

    for _ in range(5):
        client.version()

    assert server.connections == 1


def test_request_from_many_threads_is_answered(connect, server):
    client = connect(VERSION)
    found = []
    threads = [threading.Thread(target=lambda: found.append(client.version())) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [ServerVersion("v1.35.0", "1", "35")] * 8


def test_request_ignores_proxies_of_the_environment(connect, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert connect(VERSION).version().minor == "35"


def test_request_under_base_path_keeps_it(connect, server):
    connect(VERSION, url=f"{server.url}/k8s/clusters/c-1/").version()

    assert server.received[0].target == "/k8s/clusters/c-1/version"


def test_name_is_pinned_and_verified(connect, server):
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    client = connect(VERSION, url=f"https://api.cluster.test:{server.port}", resolve=resolve)
    client.version()
    client.version()

    assert asked == ["api.cluster.test"]
    assert server.received[0].server_name == "api.cluster.test"
    assert server.received[0].headers["Host"] == f"api.cluster.test:{server.port}"


def test_name_not_in_certificate_is_untrusted(connect, server):
    client = connect(VERSION, url=f"https://other.test:{server.port}", resolve=lambda host, port: ["127.0.0.1"])

    with pytest.raises(errors.Untrusted) as raised:
        client.version()

    assert (raised.value.code, raised.value.transient, server.received) == ("cluster_untrusted", False, [])


def test_tls_server_name_is_verified_instead_of_the_host(connect, server):
    connect(VERSION, tls_server_name="api.cluster.test").version()

    assert server.received[0].server_name == "api.cluster.test"


def test_other_authority_is_untrusted(connect, server):
    with pytest.raises(errors.Untrusted):
        connect(VERSION, authority=authority("Somebody else").pem).version()

    assert server.received == []


def test_client_certificate_is_shown_and_leaves_no_file(connect, server, ca, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    pair = issue([], issuer=ca, common_name="portico")

    connect(VERSION, credential=Credential("", pair.pem, pair.key_pem)).version()

    assert list(Path(folder).iterdir()) == []
    assert server.received[0].peer_certificate["subject"] == ((("commonName", "portico"),),)
    assert "Authorization" not in server.received[0].headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect_is_refused_and_not_followed(connect, server, code):
    client = connect(answer(code, headers={"Location": f"{server.url}/elsewhere"}), VERSION)

    with pytest.raises(errors.RedirectRefused):
        client.version()

    assert [request.target for request in server.received] == ["/version"]


@pytest.mark.parametrize(
    ("reply", "error", "transient"),
    [
        (status(400, "BadRequest"), errors.Rejected, False),
        (status(401, "Unauthorized"), errors.Unauthorized, False),
        (status(403, "Forbidden"), errors.Forbidden, False),
        (status(404, "NotFound"), errors.ObjectNotFound, False),
        (status(409, "Conflict"), errors.ObjectConflict, False),
        (status(410, "Expired"), errors.Gone, True),
        (status(418, "Teapot"), errors.Rejected, False),
        (status(422, "Invalid"), errors.Rejected, False),
        (status(429, "TooManyRequests"), errors.TooManyRequests, True),
        (status(500, "InternalError"), errors.ServerFault, True),
        (status(503, "ServiceUnavailable"), errors.ServerFault, True),
    ],
)
def test_refusal_becomes_its_error(connect, server, reply, error, transient):
    with pytest.raises(error) as raised:
        connect(reply).get(NAMESPACE, None, "web")

    assert (type(raised.value), raised.value.transient, raised.value.message) == (error, transient, "no")
    assert len(server.received) == 1


def test_refusal_repeating_the_token_shows_it_nowhere(connect):
    reply = status(401, f"bad {TOKEN}", f"token {TOKEN} unknown", details={"causes": [{"message": TOKEN}]})

    with pytest.raises(errors.Unauthorized) as raised:
        connect(reply).version()

    assert raised.value.message == "token [removed] unknown"
    assert TOKEN not in repr(raised.value) + str(raised.value.fields)


@pytest.mark.parametrize("content", [b"<html>internal page</html>", b'{"secret": 1}', b"[1]", b"\xff"])
def test_refusal_in_another_form_is_not_echoed(connect, content):
    with pytest.raises(errors.ServerFault) as raised:
        connect(answer(500, content)).version()

    assert raised.value.message == "The cluster answered with status 500."


def test_pause_asked_for_is_reported_and_not_waited_for(connect):
    started = time.monotonic()
    with pytest.raises(errors.TooManyRequests) as raised:
        connect(answer(429, headers={"Retry-After": "30"})).version()

    assert raised.value.retry_after == 30.0
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'"x"', b"", b"\x00\xff", b"[" * 100_000])
def test_garbage_is_a_server_fault(connect, content):
    with pytest.raises(errors.ServerFault) as raised:
        connect(answer(200, content)).version()

    assert raised.value.code == "cluster_garbled"


def test_answer_larger_than_limit_is_refused(connect):
    with pytest.raises(errors.AnswerTooLarge):
        connect(answer(200, {"pad": "x" * 5000}), answer_limit=4096).version()


def test_answer_without_length_is_cut_off_at_the_limit(connect):
    endless = [b"x" * 1024] * 64

    with pytest.raises(errors.AnswerTooLarge):
        connect(chunked(*endless), answer_limit=4096).version()


@pytest.mark.parametrize(
    "reply",
    [
        chunked(b'{"gitVersion":', ended=False),
        lambda request, connection: connection.close(),
        raw(b"nonsense\r\n\r\n"),
        lambda request, connection: (
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
            connection.close(),
        ),
    ],
    ids=["chunk", "closed", "nonsense", "short"],
)
def test_answer_broken_off_is_unreachable(connect, reply):
    with pytest.raises(errors.Unreachable) as raised:
        connect(reply).version()

    assert raised.value.code == "cluster_broke_off"


def test_answer_after_a_broken_one_is_whole(connect):
    client = connect(answer(200, {"pad": "x" * 5000}), VERSION, answer_limit=4096)
    with pytest.raises(errors.AnswerTooLarge):
        client.version()

    assert client.version() == ServerVersion("v1.35.0", "1", "35")


def test_server_that_hangs_times_out_once(connect, server):
    client = connect(lambda request, connection: time.sleep(3), read_timeout=0.1)
    started = time.monotonic()

    with pytest.raises(errors.Unreachable) as raised:
        client.version()

    assert raised.value.code == "cluster_timeout"
    assert time.monotonic() - started < 2.5
    assert len(server.received) == 1


def test_impatient_caller_waits_no_longer_than_it_said_and_the_next_one_as_long_as_ever(connect):
    def dawdle(request, connection):
        time.sleep(0.3)
        VERSION(request, connection)

    client = connect(dawdle, dawdle)

    with calls_within(0.1), pytest.raises(errors.Unreachable) as raised:
        client.version()

    assert raised.value.code == "cluster_timeout"
    assert client.version() == ServerVersion("v1.35.0", "1", "35")


def test_server_that_trickles_times_out(connect):
    def trickle(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b" ")
            time.sleep(0.02)

    with pytest.raises(errors.Unreachable) as raised:
        connect(trickle, read_timeout=0.05).version()

    assert raised.value.code == "cluster_timeout"


def test_server_without_tls_is_unreachable(connect):
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def speak_plainly() -> None:
            with plain.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 400 No\r\n\r\n")

        thread = threading.Thread(target=speak_plainly)
        thread.start()
        with pytest.raises(errors.Unreachable) as raised:
            connect(VERSION, url=f"https://127.0.0.1:{plain.getsockname()[1]}").version()
        thread.join()

    assert raised.value.code in {"cluster_tls", "cluster_broke_off"}


def test_port_that_nobody_listens_on_is_unreachable(connect):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(errors.Unreachable) as raised:
        connect(VERSION, url=f"https://127.0.0.1:{port}").version()

    assert raised.value.code == "cluster_unreachable"
