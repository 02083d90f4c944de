"""The answer of a token endpoint (RFC 6749 5.1; refusals: ``refusal``).

Exchange and refresh share one reader. A success that carries a token is a success: a member beside
the token that cannot be read is unknown, and costs no grant. Authlib's parser is not used: it
accepts any 400 without ``error`` as a token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from connectors.account import dig
from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.engine.refusal import hidden_refusal_of, is_failure, refusal_of
from gateway.engine.request import OutboundResponse
from gateway.engine.scopes import read_scopes
from gateway.engine.token_body import read_token_body
from gateway.errors import UnreadableResponse

MAX_LIFETIME = 10 * 365 * 86400  # seconds; longer lives are errors and could overflow dates

# VSCHAR of RFC 6749 appendix A.12 without the space: a token with CR, LF or a space would become
# part of a header in the tool that uses it.
_ACCESS_TOKEN = re.compile(r"[!-~]{1,65536}")
# A refresh token only goes into bodies: a space is harmless there (RFC 6749 A.17).
_REFRESH_TOKEN = re.compile(r"(?! *\Z)[ -~]{1,65536}")
_SCOPE = re.compile(r"[ -~]{0,16384}")
_SECONDS = re.compile(r"\s*([0-9]{1,15})(?:\.[0-9]*)?\s*", re.ASCII)
_MILLISECONDS_FROM = 10**11  # as seconds, it would be the year 5138


class TokenResponse(NamedTuple):
    """The content of a token endpoint's answer.

    ``body`` is the whole object. ``unread`` names the members that could not be read and count as
    unknown, for the log.
    """

    tokens: Tokens
    body: Mapping[str, Any]
    unread: tuple[str, ...]


class Earlier(NamedTuple):
    """The token that a refresh may extend, and the life it had when it was issued."""

    access_token: Secret
    life: timedelta | None


def read_token_response(
    config: ConnectorConfig,
    answer: OutboundResponse,
    now: datetime,
    granted: tuple[str, ...] | None = None,
    earlier: Earlier | None = None,
) -> TokenResponse:
    """Read an answer that was received at ``now`` (UTC).

    If the answer names no scopes, a refresh keeps those ``granted`` so far, and an exchange grants
    the requested ones (RFC 6749 5.1 and 6). With ``refresh_extends``, an answer without a token
    extends the ``earlier`` one. Raises a subclass of ``ProviderError``, which says what to do, if
    there is no usable access token or a declared check fails.
    """
    is_refresh = granted is not None
    if not 200 <= answer.status < 300:
        raise refusal_of(config, answer, now, is_refresh=is_refresh)
    body, unclear = read_token_body(answer)
    if is_failure(config, body):
        raise hidden_refusal_of(config, body, answer, now, is_refresh=is_refresh)
    source, name = _token_place(config, body)
    found = {member: dig(body, path) for member, path in config.token_paths.items()}
    # An answer of another shape, such as a refresh's, may have a member under its own name.
    there = {member: value for member, value in found.items() if value is not None}
    reader = _Members({**source, **there}, set(unclear))
    extended = earlier if config.refresh_extends and source.get(name) is None else None
    access_token = extended.access_token if extended else access_token_in(source, name)
    _check_token_type(config, reader)
    refresh_token = reader.refresh_token()
    can_renew = config.supports_refresh and (is_refresh or refresh_token is not None)
    expires_at = reader.expires_at(now, can_renew=can_renew)
    if expires_at is None and extended and extended.life is not None:
        expires_at = now + extended.life
    tokens = Tokens(
        access_token=access_token,
        refresh_token=refresh_token,
        token_type="Bearer",
        expires_at=expires_at,
        scopes=_scopes(config, reader, config.scopes if granted is None else granted),
    )
    if body.get("error"):
        reader.unread.add("error")
    return TokenResponse(tokens, body, reader.unread_members(config))


def _token_place(config: ConnectorConfig, body: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return the object with the tokens, and the access token's name in it."""
    path = config.alternate_access_token_response_path
    if path is not None:
        parent, _, name = path.rpartition(".")
        place = dig(body, parent) if parent else body
        if isinstance(place, Mapping) and name in place:
            return place, name
    return body, "access_token"


def access_token_in(source: Mapping[str, Any], name: str) -> Secret:
    """Return the access token; raise ``UnreadableResponse`` unless it can go into a header."""
    value = source.get(name)
    if not isinstance(value, str) or not _ACCESS_TOKEN.fullmatch(value):
        raise UnreadableResponse(f"the answer has no usable {name}")
    return Secret(value)


class _Members:
    """The members beside an access token; ``unread`` collects the names of unreadable ones."""

    def __init__(self, source: Mapping[str, Any], unread: set[str]) -> None:
        self.source = source
        self.unread = unread

    def unread_members(self, config: ConnectorConfig) -> tuple[str, ...]:
        """Name the unreadable members among those that the gateway uses; others do not matter."""
        read = {"refresh_token", "token_type", "expires_in", "expires_at", "error"}
        return tuple(sorted(self.unread & (read | {config.granted_scopes_path})))

    def refresh_token(self) -> Secret | None:
        value = self.source.get("refresh_token")
        if isinstance(value, str) and _REFRESH_TOKEN.fullmatch(value):
            return Secret(value)
        if value:
            self.unread.add("refresh_token")
        return None

    def expires_at(self, now: datetime, *, can_renew: bool) -> datetime | None:
        """Return the end of the access token's life; ``None`` if it is unknown.

        A token that was over when it was issued is of no use: where no refresh follows, a lifetime
        of 0 means that the provider sets none.
        """
        for name, seconds_of in (("expires_in", _seconds), ("expires_at", _moment)):
            value = self.source.get(name)
            if value is None:
                continue
            seconds = seconds_of(value, now)
            if seconds is not None and 0 <= seconds <= MAX_LIFETIME and (seconds or can_renew):
                return now + timedelta(seconds=seconds)
            if seconds != 0:
                self.unread.add(name)
        return None


def _seconds(value: Any, now: datetime) -> int | None:
    """Return a number of seconds, which may be written as a text; ``None`` for any other value."""
    if isinstance(value, str) and (digits := _SECONDS.fullmatch(value)):
        return int(digits[1])
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value)


def _moment(value: Any, now: datetime) -> int | None:
    """Return the seconds until a moment: of the epoch (Unix time), or a text of RFC 3339."""
    epoch = _seconds(value, now)
    if epoch is not None:
        return (epoch // 1000 if epoch >= _MILLISECONDS_FROM else epoch) - int(now.timestamp())
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return int((moment - now).total_seconds()) if moment.tzinfo is not None else None


def _check_token_type(config: ConnectorConfig, members: _Members) -> None:
    """Refuse a token type that the connector does not declare; without a declaration, refuse none.

    Some providers omit the type, and some call a bearer token ``JWT``.
    """
    value = members.source.get("token_type")
    found = value.strip().lower() if isinstance(value, str) else ""
    if value is None or found in (config.token_types or {"bearer"}):
        return
    if config.token_types:
        raise UnreadableResponse("the answer has a token_type other than the connector's")
    members.unread.add("token_type")


def _scopes(config: ConnectorConfig, members: _Members, so_far: tuple[str, ...]) -> tuple[str, ...]:
    value = dig(members.source, config.granted_scopes_path)
    if value is None:
        return so_far
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = " ".join(value)
    # Scopes are stored and shown: bounded printable ASCII as in RFC 6749 appendix A.4.
    if not isinstance(value, str) or not _SCOPE.fullmatch(value):
        members.unread.add(config.granted_scopes_path)
        return so_far
    return read_scopes(config, value)
