"""Entity tags over what people can change, so that `If-Match` guards against lost updates.

Conditions, check results and other things that the product observes by itself are left out on purpose: an update must
not fail because a probe ran in between.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.common.errors import PortalError


class PreconditionFailed(PortalError):
    """`If-Match` names another version than the present one."""

    code = "precondition_failed"
    status = 412


def etag_of(*parts: Any) -> str:
    text = json.dumps(parts, cls=DjangoJSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def check_if_match(request: Request, current: str) -> None:
    """Raise unless `If-Match` is absent, `*`, or names `current`. Proxies that compress add W/: it is ignored."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return
    if current not in {tag.strip().removeprefix("W/") for tag in given.split(",")}:
        raise PreconditionFailed(_("The object changed since you read it. Read it again."), etag=current)
