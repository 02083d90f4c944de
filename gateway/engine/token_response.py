"""What a token endpoint's answer means (RFC 6749 5.1 and 5.2).

One reader for exchange and refresh: it returns ``Tokens`` or raises a ``ProviderError``, whatever
bytes come in. Authlib's own parser is not used: it takes any 400 without ``error`` for a token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.engine.request import ProviderAnswer
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

MAX_RETRY_AFTER = 3600  # seconds; a provider that asks for more is asked again after an hour
MAX_LIFETIME = 10 * 365 * 86400  # seconds; anything longer is nonsense and would overflow dates

# VSCHAR of RFC 6749 appendix A.12 without the space: a token with CR, LF or a space would become
# part of a header in the tool that uses it.
_TOKEN = re.compile(r"[!-~]{1,8192}")
_SCOPE = re.compile(r"[ -~]{0,16384}")

_MISCONFIGURED = frozenset({"invalid_client", "unauthorized_client"})
_TRANSIENT = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


def read_token_response(
    config: ConnectorConfig, answer: ProviderAnswer, now: datetime
) -> tuple[Tokens, Mapping[str, Any]]:
    """The tokens in ``answer`` and the whole JSON object, received at ``now`` (UTC).

    Raises the ``ProviderError`` that says what to do about any other answer.
    """
    if not 200 <= answer.status < 300:
        raise provider_error(answer, now)
    body = read_object(answer.content)
    if "error" in body or body.get("ok") is False:
        # Some providers hide failures in a 200 (GitHub, Slack, Zoho); none sends "error" on success.
        raise _error_of_code(safe_code(body.get("error")), answer, now)
    return (
        Tokens(
            access_token=_token(body, "access_token"),
            refresh_token=_token(body, "refresh_token") if body.get("refresh_token") else None,
            token_type=_token_type(body),
            expires_at=_expires_at(body, now),
            scopes=_scopes(config, body),
        ),
        body,
    )


def provider_error(answer: ProviderAnswer, now: datetime) -> ProviderError:
    """The error that a refusing answer (any status outside 2xx) stands for."""
    code = None
    if "json" in answer.headers.get("content-type", ""):
        try:
            code = safe_code(read_object(answer.content).get("error"))
        except UnreadableResponse:
            code = None
    return _error_of_code(code, answer, now)


def _error_of_code(code: str | None, answer: ProviderAnswer, now: datetime) -> ProviderError:
    # Status first: an overloaded server's words about the token are not to be trusted.
    if answer.status == 429 or answer.status >= 500 or code in _TRANSIENT:
        return ProviderUnavailable(
            f"the provider answered {answer.status}",
            retry_after=_retry_after(answer, now),
            provider_code=code,
        )
    if code == "invalid_grant":
        return TokenRejected(provider_code=code)
    if code in _MISCONFIGURED:
        return ProviderMisconfigured(provider_code=code)
    if code is None:
        return UnreadableResponse(f"the provider answered {answer.status} without a known error")
    return ProviderRefused(f"the provider answered {code}", provider_code=code)


def _token(body: Mapping[str, Any], name: str) -> Secret:
    value = body.get(name)
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise UnreadableResponse(f"the answer has no usable {name}")
    return Secret(value)


def _token_type(body: Mapping[str, Any]) -> str:
    # Shopify leaves it out; RFC 6749 7.1 forbids using a type that the client does not know.
    value = body.get("token_type", "Bearer")
    if not isinstance(value, str) or value.lower() != "bearer":
        raise UnreadableResponse("the answer has a token_type other than Bearer")
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


def _scopes(config: ConnectorConfig, body: Mapping[str, Any]) -> tuple[str, ...]:
    value = body.get("scope")
    if value is None:
        return config.scopes  # RFC 6749 5.1: absent means as requested
    # Stored and shown: printable ASCII as in RFC 6749 appendix A.4, and no megabyte of it.
    if not isinstance(value, str) or not _SCOPE.fullmatch(value):
        raise UnreadableResponse("the answer has a scope that is not a list of names")
    return tuple(dict.fromkeys(value.replace(config.scope_separator, " ").split()))


def _retry_after(answer: ProviderAnswer, now: datetime) -> int | None:
    """Seconds from a ``Retry-After`` header in either form of RFC 9110 10.2.3."""
    value = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(int(value), MAX_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(int(seconds), 0), MAX_RETRY_AFTER)
