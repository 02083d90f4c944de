"""Logging: structlog for everything, as JSON or for a console, without secrets (security J1).

Three layers keep secrets out: secrets are ``Secret`` objects that print as ``***``; this module
masks fields with the name of a credential; and libraries that log URLs or headers (httpx, httpcore,
pymongo, uvicorn's access log) may only log warnings and errors.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import time
from collections import deque
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_CREDENTIAL = re.compile(
    # Not every "…_code": operators need the provider's error code (provider_code).
    r"(^|_)(access_token|refresh_token|token|secret|client_secret|password|state|verifier|"
    r"code_verifier|authorization|cookie|api_key|csrf|query|body)$|^(auth_|authorization_)?code$",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+")
_QUERY = re.compile(r"(https?://[^\s?\"'#]+)[?#][^\s\"']*")
_TALKATIVE = (
    "uvicorn.error",
    "httpx",
    "httpcore",
    "pymongo",
    "motor",
    "uvicorn.access",
    "asyncio",
    "hpack",
    "authlib",
)


def mask_credentials(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask fields named like credentials, and credentials and query strings inside texts."""
    for name, value in event.items():
        if _CREDENTIAL.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _masked(value)
    return event


def _masked(text: str) -> str:
    return _QUERY.sub(r"\1", _BEARER.sub(r"\1 ***", text))


def drop_locals(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and location: its message may quote input."""
    info = event.pop("exc_info", None)
    if info:
        if isinstance(info, tuple):
            info = info[1]
        error = info if isinstance(info, BaseException) else sys.exc_info()[1]
        if error is not None:
            event["error"] = type(error).__name__
            event["at"] = _place(error)
        # asyncio appends the repr of a failed task, and with it the message.
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


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


SOON_SECONDS = 0.1
"""How long an access line may wait before it is written."""
_MANY = 1000
"""This many waiting access lines are written immediately."""

_SHORT = 100
"""Longest text, in characters, whose quoted form is cached."""

_Answered = tuple[float, str, str, str, int, float]
"""An access line: seconds since 1970, request id, method, path, status, milliseconds."""


class _JsonLines(logging.StreamHandler[TextIO]):
    """Writes access lines to standard output in batches, and all other lines immediately.

    Access lines are the bulk of the log. Writing those of a tenth of a second together takes half
    the time of writing them one by one.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._answered: deque[_Answered] = deque()
        self._flushing: asyncio.TimerHandle | None = None

    def write_soon(self, answered: _Answered) -> None:
        """Write an access line soon, before any line logged later."""
        self._answered.append(answered)
        if len(self._answered) >= _MANY:
            self.flush()
        elif self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(SOON_SECONDS, self._flush_soon)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, after the waiting access lines."""
        self._write_answered()
        super().emit(record)

    def flush(self) -> None:
        """Write the waiting access lines and flush the stream."""
        self.acquire()
        try:
            self._write_answered()
            super().flush()
        finally:
            self.release()

    def _flush_soon(self) -> None:
        self._flushing = None
        self.flush()

    def _write_answered(self) -> None:
        if self._answered:
            waiting = self._answered
            self.stream.write("".join([_line(*waiting.popleft()) for _ in range(len(waiting))]))


def log_request(request_id: str, method: str, path: str, status: int, ms: float) -> None:
    """Log an answered request.

    Args:
        request_id: Letters, digits, ``-`` and ``_`` only: it is not escaped.
        ms: Milliseconds until the response was complete.
    """
    root = logging.getLogger()
    for out in root.handlers:
        if isinstance(out, _JsonLines):
            if root.isEnabledFor(logging.INFO):
                out.write_soon((time.time(), request_id, method, path, status, ms))
            return
    get_logger().info("request", method=method, path=path, status=status, ms=ms)


def flush_logs() -> None:
    """Write the waiting lines before the process is ended by force."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _line(now: float, request_id: str, method: str, path: str, status: int, ms: float) -> str:
    # Formatted by hand: structlog's processors and JSON renderer take 33 µs per line instead of 2,
    # and 68 with the standard library's handlers.
    # Only the method and the path can hold arbitrary text.
    seconds, micros = divmod(int(now * 1e6), 1_000_000)
    return (
        f'{{"request_id": "{request_id}", "method": {_quoted(method)}, '
        f'"path": {_quoted(path)}, "status": {status}, "ms": {ms}, '
        f'"event": "request", "level": "info", "timestamp": "{_second(seconds)}.{micros:06}Z"}}\n'
    )


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _quoted(text: str) -> str:
    # Long paths are not cached: clients choose them, and could fill the memory.
    return _cached_quoted(text) if len(text) <= _SHORT else json.dumps(_masked(text))


@lru_cache(maxsize=1024)
def _cached_quoted(text: str) -> str:
    return json.dumps(_masked(text))


def configure_logs(level: str = "info", log_format: str = "auto") -> None:
    """Send structlog and the standard library's logging through one pipeline to standard output."""
    console = log_format == "console" or (log_format == "auto" and sys.stdout.isatty())
    shared: list[Processor] = [
        add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_locals,
        mask_credentials,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = (logging.StreamHandler if console else _JsonLines)(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def get_logger(**initial: Any) -> structlog.stdlib.BoundLogger:
    """Return a logger that adds the ``initial`` fields to every line."""
    return structlog.stdlib.get_logger(**initial)


def _place(error: BaseException) -> str:
    """Return file, line and function that raised ``error``, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}"
