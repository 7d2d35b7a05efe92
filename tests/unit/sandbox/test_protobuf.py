"""The protobuf form of requests, as `kubectl create` sends it."""

import pytest

from sandbox.protobuf import MAGIC, decode


def _field(number: int, content: bytes | str | int) -> bytes:
    if isinstance(content, int):
        return bytes([number << 3, content])
    body = content.encode() if isinstance(content, str) else content
    return bytes([number << 3 | 2, len(body)]) + body


def _message(kind: str, raw: bytes) -> bytes:
    meta = _field(1, "v1") + _field(2, kind)
    return MAGIC + _field(1, meta) + _field(2, raw) + _field(3, "") + _field(4, "")


def test_secret() -> None:
    metadata = _field(1, "a") + _field(3, "") + _field(8, b"") + _field(11, _field(1, "k") + _field(2, "v"))
    stored = _field(2, _field(1, "x") + _field(2, b"\xff")) + _field(2, _field(1, "empty") + _field(2, b""))
    body = _message("Secret", _field(1, metadata) + stored + _field(3, "Opaque") + b"\x28\x00")

    assert decode(body) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a", "labels": {"k": "v"}},
        "data": {"x": "/w==", "empty": ""},
        "type": "Opaque",
        "immutable": False,
    }


@pytest.mark.parametrize(
    ("target", "shown"),
    [(_field(1, 0) + _field(2, 80) + _field(3, ""), 80), (_field(1, 1) + _field(2, 0) + _field(3, "web"), "web")],
)
def test_service_with_target_port(target: bytes, shown: int | str) -> None:
    port = _field(1, "http") + _field(3, 80) + _field(4, target) + _field(5, 0)
    body = _message("Service", _field(2, _field(1, port) + _field(1, port)))

    stated = {"name": "http", "port": 80, "targetPort": shown}
    assert decode(body)["spec"] == {"ports": [stated, stated]}


def test_ingress() -> None:
    service = _field(1, "shop") + _field(2, _field(1, "http") + _field(2, 0))
    path = _field(1, "/") + _field(2, _field(4, service)) + _field(3, "Prefix")
    rule = _field(1, "a.example.com") + _field(2, _field(1, _field(1, path)))
    tls = _field(1, "a.example.com") + _field(2, "shop-tls")
    body = _message("Ingress", _field(2, _field(2, tls) + _field(3, rule) + _field(4, "portico")))

    backend = {"service": {"name": "shop", "port": {"name": "http"}}}
    assert decode(body)["spec"] == {
        "tls": [{"hosts": ["a.example.com"], "secretName": "shop-tls"}],
        "rules": [
            {"host": "a.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        ],
        "ingressClassName": "portico",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        MAGIC,
        MAGIC + b"\x08\x01",
        _message("Pod", b""),
        MAGIC + b"\x0a\xff",
        MAGIC + b"\x0d",
        _message("Secret", b"\x0a"),
    ],
    ids=[
        "empty",
        "JSON",
        "no envelope",
        "number as envelope",
        "unknown kind",
        "cut",
        "unknown wire type",
        "cut inside",
    ],
)
def test_what_is_not_a_known_message_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(body)
