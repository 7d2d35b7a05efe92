"""Structured logs: every line carries the request id, and nothing that looks like a credential is ever written.

One formatter for Django, Celery and our own loggers, so one id leads from the browser to the apply.
"""

from __future__ import annotations

import re
from typing import Any

import structlog

from apps.common.request_context import current_context

# Bearer tokens, our own tokens, JWTs and PEM blocks, wherever they stand in a line.
SECRET_SHAPES = re.compile(
    r"(?i:bearer\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|ptc_[A-Za-z0-9]{8,}"
    r"|ptcal_[A-Za-z0-9_-]{8,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
REDACTED = "[redacted]"
# Anything else, such as the request of an error, is written as its text, which may hold a secret address.
PLAIN = (int, float, bool, list, tuple, dict, type(None))


def redact(text: str) -> str:
    """The text with everything that looks like a credential replaced."""
    return SECRET_SHAPES.sub(REDACTED, text)


def redact_event(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """structlog processor: redact every string value, tracebacks included, and what is only written as its text."""
    return {key: value if isinstance(value, PLAIN) else redact(str(value)) for key, value in event.items()}


def add_request_context(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """structlog processor: the request id of the web request or of the job that runs."""
    context = current_context()
    if context.request_id:
        event.setdefault("request_id", context.request_id)
    return event


def logging_settings(*, json_lines: bool, level: str) -> dict[str, Any]:
    """The LOGGING dict: `json_lines` for machines, otherwise lines for a person at a terminal."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        add_request_context,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if json_lines else structlog.processors.LogfmtRenderer()
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": level, "propagate": False},
            "kombu": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
