"""The two requests that pasted values need: their verification, and their exchange for a token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.account import dig
from connectors.config import Connector
from connectors.context import Tokens
from connectors.inputs import is_below
from connectors.key_method import KeyMethod, TokenRequest, Verify
from connectors.secret import Secret
from gateway.engine.placements import filler_of, headers_of, placed
from gateway.engine.refusal import retry_after
from gateway.engine.request import OutboundRequest, OutboundResponse, encode_body
from gateway.engine.strict_json import read_json, read_object
from gateway.engine.token_response import MAX_LIFETIME, access_token_in
from gateway.errors import (
    EgressRefused,
    InvalidRequest,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)

_MILLISECONDS = 10**11  # Unix seconds reach it in the year 5138


class Verdict(StrEnum):
    """The outcome of a verification."""

    VALID = "valid"
    REFUSED = "refused"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """A call to the provider's API, before the credential is added."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def key_request(
    config: Connector,
    key: KeyMethod,
    values: Mapping[str, str],
    token: Secret | None,
    call: ApiCall,
) -> OutboundRequest:
    """Prepare an API call with the credential in its places.

    Raises ``InvalidRequest`` if a value is missing or does not fit, and ``EgressRefused`` if
    ``api_hosts`` does not name the host.
    """
    if key.token is not None and token is None:
        raise InvalidRequest("the access token is missing")
    api = placed(config, key, values, token)
    filler = filler_of(key, values, token)
    target = filler.url(call.url)
    if not _is_api_host(config, api.base_url, target):
        raise EgressRefused("the key may not be sent to this host: api_hosts does not name it")
    headers = {"Accept": "application/json", **filler.headers(call.headers), **api.headers}
    content = b""
    if call.body is not None or (api.body and call.method != "GET"):
        headers["Content-Type"] = "application/json"
        content = json.dumps({**(call.body or {}), **api.body}).encode()
    query = f"?{urlencode(api.query)}" if api.query else ""
    return OutboundRequest(
        method=call.method, url=f"{target}{query}", headers=headers, content=content
    )


def verification_call(verify: Verify) -> ApiCall:
    """Return the call that shows whether the values are right."""
    return ApiCall(url=verify.url, method=verify.method, headers=verify.headers, body=verify.json)


def _is_api_host(config: Connector, base_url: str, target: str) -> bool:
    if not target.isprintable():
        return False
    base, parts = urlsplit(base_url), urlsplit(target)
    if (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
        return True
    return parts.scheme == "https" and is_below(parts.netloc, config.api_hosts)


def verdict(verify: Verify, answer: OutboundResponse) -> Verdict:
    """Judge the answer to a verification."""
    if _is_refusal(verify, answer):
        return Verdict.REFUSED
    # A page for people comes from something in front of the API.
    is_page = answer.headers.get("content-type", "").lower().startswith("text/html")
    is_success = 200 <= answer.status < 300 and not is_page
    return Verdict.VALID if is_success else Verdict.NOT_CHECKED


def exchange_of_values(
    key: KeyMethod, asked: TokenRequest, values: Mapping[str, str]
) -> OutboundRequest:
    """Prepare the request for an access token. Raises ``InvalidRequest``."""
    filler = filler_of(key, values)
    query = filler.parameters(asked.query)
    headers = {"Accept": "application/json", **headers_of(filler, asked.headers, asked.basic)}
    content = b""
    if asked.method == "POST":
        headers["Content-Type"], content = encode_body(
            filler.parameters(asked.body).items(), asked.format
        )
    url = filler.url(asked.url) + (f"?{urlencode(query)}" if query else "")
    return OutboundRequest(method=asked.method, url=url, headers=headers, content=content)


def read_exchange(asked: TokenRequest, answer: OutboundResponse, now: datetime) -> Tokens:
    """Read the answer to that request, received at ``now`` (UTC).

    Raises:
        TokenRejected: the values are wrong.
        ProviderError: anything else; the values may be right.
    """
    if answer.status == 429 or answer.status >= 500:
        raise ProviderUnavailable(
            f"the provider answered {answer.status}",
            status=answer.status,
            retry_after=retry_after(answer, now),
            rate_limited=answer.status == 429,
        )
    if _is_refusal(asked, answer):
        raise TokenRejected(provider_code=f"http_{answer.status}")
    if not 200 <= answer.status < 300:
        raise ProviderRefused(f"the provider answered {answer.status}")
    body = read_object(answer.content)
    parent, _, name = asked.token_path.rpartition(".")
    place = dig(body, parent) if parent else body
    if not isinstance(place, Mapping):
        raise UnreadableResponse(f"the answer has no {asked.token_path}")
    return Tokens(
        access_token=access_token_in(place, name),
        refresh_token=None,
        token_type="Bearer",
        expires_at=_end(asked, body, now),
        scopes=(),
    )


def _is_refusal(asked: Verify | TokenRequest, answer: OutboundResponse) -> bool:
    # An overloaded server's verdict is not reliable.
    if answer.status == 429 or answer.status >= 500:
        return False
    if answer.status in asked.refused_statuses:
        return True
    try:
        code = dig(read_json(answer.content), asked.code_path) if asked.refused_codes else None
    except UnreadableResponse:
        return False
    return not isinstance(code, bool) and str(code) in asked.refused_codes


def _end(asked: TokenRequest, body: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the end of the token's life; ``None`` if it is unknown."""
    seconds = _number(dig(body, asked.expires_in_path))
    if seconds is None and asked.expires_at_path is not None:
        end = _moment(dig(body, asked.expires_at_path))
        seconds = None if end is None else end - now.timestamp()
    if seconds is None or not 0 < seconds <= MAX_LIFETIME:
        seconds = asked.lifetime_seconds
    return None if seconds is None else now + timedelta(seconds=int(seconds))


def _number(value: Any) -> float | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        value = int(value.strip()[:18])
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 10**18 else None


def _moment(value: Any) -> float | None:
    """Return Unix seconds of a time as providers write it."""
    if (number := _number(value)) is not None:
        return number / 1000 if number >= _MILLISECONDS else number
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
