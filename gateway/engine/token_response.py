"""The answer of a token endpoint (RFC 6749 5.1 and 5.2).

Exchange and refresh share one reader. For any bytes, it returns ``Tokens`` or raises a
``ProviderError``. Authlib's parser is not used: it accepts any 400 without ``error`` as a token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.account import dig
from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.engine.request import OutboundResponse
from gateway.engine.strict_json import read_object
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
MAX_LIFETIME = 10 * 365 * 86400  # seconds; longer lives are errors and could overflow dates

# VSCHAR of RFC 6749 appendix A.12 without the space: a token with CR, LF or a space would become
# part of a header in the tool that uses it.
_TOKEN = re.compile(r"[!-~]{1,8192}")
_SCOPE = re.compile(r"[ -~]{0,16384}")

_MISCONFIGURED = frozenset({"invalid_client", "unauthorized_client"})
_TRANSIENT = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


def read_token_response(
    config: ConnectorConfig,
    answer: OutboundResponse,
    now: datetime,
    granted: tuple[str, ...] | None = None,
) -> tuple[Tokens, Mapping[str, Any]]:
    """Read an answer that was received at ``now`` (UTC).

    Args:
        granted: for a refresh, the scopes so far; an answer without scopes keeps them. For an
            exchange, such an answer grants the requested scopes (RFC 6749 5.1 and 6).

    Returns:
        The tokens, and the whole JSON object.

    Raises:
        ProviderError: the subclass says what to do about any other answer.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(config, answer, now, is_refresh=granted is not None)
    body = read_object(answer.content)
    if is_failure(config, body):
        raise _error_of_code(_code(config, body), answer, now)
    if "error" in body:
        # No success of RFC 6749 has this member: an answer that is both counts as neither.
        raise UnreadableResponse("the answer is a success with an error in it")
    source, name = _token_place(config, body)
    return (
        Tokens(
            access_token=_token(source, name),
            refresh_token=_token(source, "refresh_token") if source.get("refresh_token") else None,
            token_type=_token_type(config, source),
            expires_at=_expires_at(source, now),
            scopes=_scopes(config, source, config.scopes if granted is None else granted),
        ),
        body,
    )


def is_failure(config: ConnectorConfig, body: Any) -> bool:
    """Whether an answer with a 2xx status is a failure (``error_in_success``)."""
    shape = config.error_in_success
    if shape is None:
        return False
    if shape.flag is None:
        return dig(body, shape.code) is not None
    flag = dig(body, shape.flag)
    return type(flag) is not type(shape.ok) or flag != shape.ok  # 1 is not true


def _refusal(
    config: ConnectorConfig, answer: OutboundResponse, now: datetime, *, is_refresh: bool
) -> ProviderError:
    code = None
    if "json" in answer.headers.get("content-type", ""):
        try:
            code = _code(config, read_object(answer.content))
        except UnreadableResponse:
            code = None
    if code is None and is_refresh and answer.status in config.refresh_rejected_statuses:
        return TokenRejected(provider_code=f"http_{answer.status}")
    return _error_of_code(code, answer, now)


def _code(config: ConnectorConfig, body: Mapping[str, Any]) -> str | None:
    """Return the RFC 6749 error code in ``body``; ``error_codes`` translates the provider's own."""
    path = config.error_in_success.code if config.error_in_success else "error"
    code = safe_code(dig(body, path))
    return None if code is None else config.error_codes.get(code, code)


def _token_place(config: ConnectorConfig, body: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return the object with the tokens, and the access token's name in it."""
    path = config.alternate_access_token_response_path
    if path is not None:
        parent, _, name = path.rpartition(".")
        place = dig(body, parent) if parent else body
        if isinstance(place, Mapping) and name in place:
            return place, name
    return body, "access_token"


def _error_of_code(code: str | None, answer: OutboundResponse, now: datetime) -> ProviderError:
    # Status first: an overloaded server's verdict on the token is not reliable.
    if answer.status == 429 or answer.status >= 500 or code in _TRANSIENT:
        return ProviderUnavailable(
            f"the provider answered {answer.status}",
            status=answer.status,
            retry_after=_retry_after(answer, now),
            rate_limited=answer.status == 429 or code == "slow_down",
            provider_code=code,
            outcome_unknown=answer.status >= 500,
        )
    if code == "invalid_grant":
        return TokenRejected(provider_code=code)
    if code in _MISCONFIGURED:
        return ProviderMisconfigured(provider_code=code)
    if code is None:
        return UnreadableResponse(
            f"the provider answered {answer.status} without a known error",
            outcome_unknown=not 400 <= answer.status < 500,
        )
    return ProviderRefused(f"the provider answered {code}", provider_code=code)


def _token(body: Mapping[str, Any], name: str) -> Secret:
    value = body.get(name)
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise UnreadableResponse(f"the answer has no usable {name}")
    return Secret(value)


def _token_type(config: ConnectorConfig, body: Mapping[str, Any]) -> str:
    # Some providers omit it; RFC 6749 7.1 forbids using an unknown type.
    value = body.get("token_type")
    if value is not None and not (
        isinstance(value, str) and value.strip().lower() in config.token_types
    ):
        raise UnreadableResponse("the answer has a token_type other than the connector's")
    return "Bearer"


def _expires_at(body: Mapping[str, Any], now: datetime) -> datetime | None:
    value = body.get("expires_in")
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_LIFETIME:
        raise UnreadableResponse("the answer has an expires_in that is not a number of seconds")
    return now + timedelta(seconds=value)


def _scopes(
    config: ConnectorConfig, body: Mapping[str, Any], so_far: tuple[str, ...]
) -> tuple[str, ...]:
    value = dig(body, config.granted_scopes_path)
    if value is None:
        return so_far
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = " ".join(value)
    # Scopes are stored and shown: bounded printable ASCII as in RFC 6749 appendix A.4.
    if not isinstance(value, str) or not _SCOPE.fullmatch(value):
        raise UnreadableResponse("the answer has a scope that is not a list of names")
    named = value.replace(config.scope_separator, " ").split()
    granted = [config.scope_aliases.get(name, name) for name in named]
    # Scopes that the provider never names count as granted with the rest.
    unnamed = [name for name in config.scopes if name in config.scopes_not_echoed]
    return tuple(dict.fromkeys([*granted, *unnamed]))


def _retry_after(answer: OutboundResponse, now: datetime) -> int | None:
    """Return the seconds of a ``Retry-After`` header in either form of RFC 9110 10.2.3."""
    value = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(int(value), MAX_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(int(seconds), 0), MAX_RETRY_AFTER)
