"""`Idempotency-Key`: a POST that is sent twice happens once, also when both arrive in the same instant.

The unique row decides the race: whoever inserts it runs, the other waits for the answer and gives it again. Answers are
kept for a day. An answer of 5xx is not kept, so that trying again means trying again. A first request that died without
an answer is taken over after `ABANDONED`.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.models import IdempotentRequest
from apps.api.problems import MEDIA_TYPE
from apps.api.waiting import wait_until
from apps.common.errors import Conflict, PortalError

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
ABANDONED = timedelta(minutes=5)
WAIT_SECONDS = 10
MAX_KEY_LENGTH = 255
REPEATED_HEADERS = ("ETag", "Location")

Handler = Callable[..., Response]


class KeyReused(PortalError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class InProgress(Conflict):
    """The first request with this key has not been answered yet."""

    code = "in_progress"


@dataclass(frozen=True, slots=True)
class Keyed:
    """One request with a key: whose it is, and the digests it is recognised by."""

    user: User
    key: str
    request_digest: str

    @property
    def key_digest(self) -> str:
        return _digest("key", self.key)


def answer_once(request: Request, respond: Callable[[], Response]) -> Response:
    """Run `respond`, or give the answer that the same request was given before."""
    key = request.headers.get(HEADER)
    if key is None:
        return respond()
    keyed = Keyed(cast(User, request.user), _checked(key), _request_digest(request))
    _forget_old()
    row = _claim(keyed) or _wait_for_answer(keyed)
    return _replay(row, keyed) if row.answered_at else _run(row, keyed, respond)


def _run(row: IdempotentRequest, keyed: Keyed, respond: Callable[[], Response]) -> Response:
    finished = False
    try:
        response = respond()
        finished = response.status_code < 500
        if finished:
            _keep(row, keyed, response)
        return response
    finally:
        if not finished:
            IdempotentRequest.objects.filter(pk=row.pk).delete()


def _claim(keyed: Keyed) -> IdempotentRequest | None:
    """The row of the one who runs the request; None when someone else came first."""
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                user=keyed.user,
                key_digest=keyed.key_digest,
                request_digest=keyed.request_digest,
                started_at=timezone.now(),
            )
    except IntegrityError:
        return None


def _wait_for_answer(keyed: Keyed) -> IdempotentRequest:
    """The answered row of the first request, or a claimed one if that gave up. Raises InProgress when it takes long."""
    found: list[IdempotentRequest] = []

    def is_decided() -> bool:
        row = _find(keyed)
        if row is None:
            row = _claim(keyed)
        elif row.answered_at is None:
            row = _take_over(row)
        found.extend([row] if row else [])
        return bool(found)

    if not wait_until(is_decided, WAIT_SECONDS):
        raise InProgress(_("The first request with this Idempotency-Key is still running."))
    return found[0]


def _find(keyed: Keyed) -> IdempotentRequest | None:
    row = IdempotentRequest.objects.filter(user=keyed.user, key_digest=keyed.key_digest).first()
    if row is not None and not hmac.compare_digest(row.request_digest, keyed.request_digest):
        raise KeyReused(_("This Idempotency-Key was used for another request. Use a new one."))
    return row


def _take_over(row: IdempotentRequest) -> IdempotentRequest | None:
    now = timezone.now()
    if row.started_at > now - ABANDONED:
        return None
    mine = IdempotentRequest.objects.filter(pk=row.pk, started_at=row.started_at, answered_at=None)
    row.started_at = now
    return row if mine.update(started_at=now) == 1 else None


def _keep(row: IdempotentRequest, keyed: Keyed, response: Response) -> None:
    headers = {name: response[name] for name in REPEATED_HEADERS if name in response}
    answer = {"headers": headers, "body": json.loads(JSONRenderer().render(response.data) or b"null")}
    IdempotentRequest.objects.filter(pk=row.pk).update(
        answered_at=timezone.now(), status=response.status_code, sealed_answer=_seal(keyed, answer)
    )


def _replay(row: IdempotentRequest, keyed: Keyed) -> Response:
    answer = _open(keyed, bytes(row.sealed_answer or b""))
    status = row.status or 200
    headers = answer["headers"] | {"Idempotent-Replayed": "true"}
    return Response(answer["body"], status=status, headers=headers, content_type=MEDIA_TYPE if status >= 400 else None)


def _forget_old() -> None:
    IdempotentRequest.objects.filter(started_at__lt=timezone.now() - KEPT_FOR).delete()


def _checked(key: str) -> str:
    if 1 <= len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable():
        return key
    message = _("A key has 1 to %(count)d printable ASCII characters.") % {"count": MAX_KEY_LENGTH}
    raise ValidationError({HEADER: [message]})


def _request_digest(request: Request) -> str:
    return _digest("request", json.dumps([request.method, request.get_full_path(), request.data], sort_keys=True))


def _digest(purpose: str, text: str) -> str:
    return hmac.digest(f"{purpose}:{settings.SECRET_KEY}".encode(), text.encode(), "sha256").hex()


def _cipher(keyed: Keyed) -> AESGCM:
    return AESGCM(bytes.fromhex(_digest("seal", f"{keyed.user.pk}:{keyed.key}")))


def _seal(keyed: Keyed, answer: dict[str, Any]) -> bytes:
    nonce = os.urandom(12)
    return nonce + _cipher(keyed).encrypt(nonce, json.dumps(answer).encode(), keyed.request_digest.encode())


def _open(keyed: Keyed, sealed: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_cipher(keyed).decrypt(sealed[:12], sealed[12:], keyed.request_digest.encode()))
    return answer
