"""Opaque ids with a readable prefix (`exp_…`, `req_…`) that sort by time, so that lists and indexes stay in order."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Any

from django.db import models


def new_id(prefix: str) -> str:
    """A new id: prefix, 13 hex digits of microseconds, 11 random ones."""
    return f"{prefix}_{time.time_ns() // 1_000:013x}{secrets.token_hex(6)[:11]}"


class PrefixedIdField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Primary key of the models that appear in URLs and in the API."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.update(primary_key=True, max_length=40, editable=False, default=partial(new_id, prefix))
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, _, kwargs = super().deconstruct()
        for key in ("primary_key", "max_length", "editable", "default"):
            kwargs.pop(key, None)
        return name, path, [self.prefix], kwargs
