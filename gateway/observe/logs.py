"""Logging: structlog for everything, as JSON or for a console, without secrets (security J1).

Three layers keep secrets out: secrets are ``Secret`` objects that print as ``***``; ``masking``
masks fields with the name of a credential; and libraries that log URLs or headers (httpx, httpcore,
pymongo, uvicorn's access log) may only log warnings and errors.
"""

from __future__ import annotations

import logging
import os
import sys
from contextvars import ContextVar
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.observe.access_log import JsonLines
from gateway.observe.masking import drop_locals, mask_credentials
from gateway.text import printable

_UVICORN = ("uvicorn.error", "uvicorn.access")
_TALKATIVE = (*_UVICORN, "httpx", "httpcore", "pymongo", "motor", "asyncio", "hpack", "authlib")


def in_request(request_id: str) -> None:
    """Add ``request_id`` to every line that this context logs from now on."""
    _request_id.set(request_id)


_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the current request, if there is one."""
    request_id = _request_id.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


def escape_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape control characters: a terminal obeys those of a path or a label."""
    return {name: printable(it) if isinstance(it, str) else it for name, it in event.items()}


def configure_logs(
    level: str = "info", log_format: str = "auto", stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's logging through one pipeline to ``stream``.

    Without one, lines go to standard output: so do those of the processes that only log. Lines for
    a console have the local time; ``FORCE_COLOR`` colours them where it is no terminal.
    """
    out = sys.stdout if stream is None else stream
    console = log_format == "console" or (log_format == "auto" and out.isatty())
    shared: list[Processor] = [
        add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("%H:%M:%S" if console else "iso", utc=not console),
        drop_locals,
        mask_credentials,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(
            colors=out.isatty() or bool(os.environ.get("FORCE_COLOR")), pad_event_to=20
        )
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = (logging.StreamHandler if console else JsonLines)(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([escape_controls] if console else []),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", *_UVICORN):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def get_logger(**initial: Any) -> structlog.stdlib.BoundLogger:
    """Return a logger that adds the ``initial`` fields to every line."""
    return structlog.stdlib.get_logger(**initial)
