"""Refusals of a token endpoint (RFC 6749 5.2): turns an answer without tokens into an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.account import dig
from connectors.config import ConnectorConfig
from connectors.review import KNOWN_ERRORS
from gateway.engine.request import OutboundResponse
from gateway.engine.token_body import read_token_body
from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
    safe_code,
)

MAX_RETRY_AFTER = 3600  # seconds; longer pauses that a provider asks for are cut to an hour

_MISCONFIGURED = frozenset({"invalid_client", "unauthorized_client"})
_TRANSIENT = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_STANDARD = KNOWN_ERRORS | _TRANSIENT

_CODE_MEMBERS = frozenset(
    {
        "code",
        "err",
        "errcode",
        "errno",
        "error",
        "errorcode",
        "errorkey",
        "errors",
        "errortype",
        "name",
        "reason",
        "status",
        "type",
    }
)
"""Members that hold codes, in lower case and without ``_`` and ``-``."""
_MAX_VALUES = 1000  # values of a refusal that are searched


def is_failure(config: ConnectorConfig, body: Any) -> bool:
    """Whether an answer with a 2xx status is a failure (``error_in_success``)."""
    shape = config.error_in_success
    if shape is None:
        return False
    if shape.flag is None:
        return bool(dig(body, shape.code))  # null, "", {}, false and 0 say that there is no error
    flag = dig(body, shape.flag)
    return type(flag) is not type(shape.ok) or flag != shape.ok  # 1 is not true


def refusal_of(
    config: ConnectorConfig, answer: OutboundResponse, now: datetime, *, is_refresh: bool
) -> ProviderError:
    """Return the error of an answer whose status is no success, received at ``now``."""
    try:
        code = _code(config, read_token_body(answer)[0])
    except UnreadableResponse:
        code = None
    if code is None and is_refresh and answer.status in config.refresh_rejected_statuses:
        return TokenRejected(provider_code=f"http_{answer.status}")
    return _error_of_code(config, code, answer, now, is_refresh=is_refresh)


def hidden_refusal_of(
    config: ConnectorConfig,
    body: Mapping[str, Any],
    answer: OutboundResponse,
    now: datetime,
    *,
    is_refresh: bool,
) -> ProviderError:
    """Return the error of a 2xx answer whose ``body`` reports a failure (``is_failure``)."""
    return _error_of_code(config, _code(config, body), answer, now, is_refresh=is_refresh)


def _code(config: ConnectorConfig, body: Mapping[str, Any]) -> str | None:
    """Return the provider's error code in ``body``.

    It is the code in the connector's (or the standard) place. Where that has none, or one that
    means nothing here, a code with a meaning in another place is the code.
    """
    path = config.error_in_success.code if config.error_in_success else "error"
    code = _as_code(dig(body, path))
    if code is not None and _has_meaning(config, code):
        return code
    return next((other for other in _codes(body) if _has_meaning(config, other)), code)


def _has_meaning(config: ConnectorConfig, code: str) -> bool:
    own = config.error_codes.keys() | config.refresh_rejected_codes
    return code in own or code.lower() in _STANDARD


def _codes(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the codes in ``body``, the outermost first."""
    values: list[tuple[bool, Any]] = [(False, body)]
    for is_code, value in values:  # grows during the loop
        found: list[tuple[bool, Any]] = []
        if isinstance(value, Mapping):
            found = [(_names_code(name), item) for name, item in value.items()]
        elif isinstance(value, list):
            found = [(is_code, item) for item in value]
        elif is_code and (code := _as_code(value)) is not None:
            yield code
        values += found[: _MAX_VALUES - len(values)]


def _names_code(member: str) -> bool:
    return member.lower().replace("_", "").replace("-", "") in _CODE_MEMBERS


def _as_code(value: Any) -> str | None:
    """Return a code as text: a number is its decimal digits."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return safe_code(value.strip()) if isinstance(value, str) else None


def _error_of_code(
    config: ConnectorConfig,
    said: str | None,
    answer: OutboundResponse,
    now: datetime,
    *,
    is_refresh: bool,
) -> ProviderError:
    code = None if said is None else config.error_codes.get(said, said)
    if code is not None and code.lower() in _STANDARD:
        code = code.lower()  # some providers write INVALID_GRANT
    # Status first: an overloaded server's verdict on the token is not reliable.
    if answer.status == 429 or answer.status >= 500 or code in _TRANSIENT:
        return ProviderUnavailable(
            f"the provider answered {answer.status}",
            status=answer.status,
            retry_after=retry_after(answer, now),
            rate_limited=answer.status == 429 or code == "slow_down",
            provider_code=code,
            outcome_unknown=answer.status >= 500,
        )
    if code == "invalid_grant" or (is_refresh and code in config.refresh_rejected_codes):
        return TokenRejected(provider_code=code)
    if code in _MISCONFIGURED:
        return ProviderMisconfigured(provider_code=code)
    if code is None:
        return UnreadableResponse(
            f"the provider answered {answer.status} without a known error",
            outcome_unknown=not 400 <= answer.status < 500,
        )
    return ProviderRefused(f"the provider answered {code}", provider_code=code)


def retry_after(answer: OutboundResponse, now: datetime) -> int | None:
    """Return the seconds of a ``Retry-After`` header in either form of RFC 9110 10.2.3."""
    value = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(int(value), MAX_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(int(seconds), 0), MAX_RETRY_AFTER)
