"""Masking: log fields and texts without credentials (security J1)."""

from __future__ import annotations

import re
import sys

from structlog.typing import EventDict, WrappedLogger

_CREDENTIAL = re.compile(
    # Not every "…_code": operators need the provider's error code (provider_code).
    r"(^|_)(access_token|refresh_token|token|secret|client_secret|password|state|verifier|"
    r"code_verifier|authorization|cookie|api_key|csrf|query|body)$|^(auth_|authorization_)?code$",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+")
_QUERY = re.compile(r"(https?://[^\s?\"'#]+)[?#][^\s\"']*")


def mask_credentials(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask fields named like credentials, and credentials and query strings inside texts."""
    for name, value in event.items():
        if _CREDENTIAL.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = masked(value)
    return event


def masked(text: str) -> str:
    """Return a text without credentials and query strings."""
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


def _place(error: BaseException) -> str:
    """Return file, line and function that raised ``error``, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}"
