"""Pasted credentials: the values, their places in a request, and how the provider judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from connectors.account import AccountLookup
from connectors.inputs import ConnectionInput


@dataclass(frozen=True, kw_only=True)
class _Frozen:
    def __post_init__(self) -> None:
        for each in fields(self):
            if isinstance(value := getattr(self, each.name), Mapping):
                object.__setattr__(self, each.name, MappingProxyType(dict(value)))


@dataclass(frozen=True, kw_only=True)
class Verify(_Frozen):
    """The API call that shows whether pasted values are right; the credential is added to it.

    A success means that they are. They are refused if the status is one of ``refused_statuses``, or
    if the code at the dot path ``code_path`` of the answer is one of ``refused_codes``, whatever
    the status. Every other answer leaves them unchecked.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    refused_statuses: tuple[int, ...] = (401, 403)
    refused_codes: frozenset[str] = frozenset()
    code_path: str = "error"


@dataclass(frozen=True, kw_only=True)
class TokenRequest(_Frozen):
    """The request that exchanges pasted values for an access token, repeated when that ends.

    ``basic`` is user and password of HTTP Basic. The token stands at the dot path ``token_path``.
    Its life stands at ``expires_in_path`` (seconds) or ``expires_at_path`` (Unix seconds,
    milliseconds, or ISO 8601); else it is ``lifetime_seconds``, or unknown. A refusal is read as
    that of a ``Verify``.
    """

    url: str
    method: Literal["GET", "POST"] = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    basic: tuple[str, str] | None = None
    body: Mapping[str, str] = field(default_factory=dict)
    format: Literal["form", "json"] = "form"
    token_path: str = "access_token"
    expires_in_path: str = "expires_in"
    expires_at_path: str | None = None
    lifetime_seconds: int | None = None
    refused_statuses: tuple[int, ...] = (401, 403)
    refused_codes: frozenset[str] = frozenset({"invalid_client", "invalid_grant"})
    code_path: str = "error"


@dataclass(frozen=True, kw_only=True)
class KeyMethod(_Frozen):
    """A way to connect by pasting values. In every text, ``${x}`` is the value of the input ``x``.

    ``api_headers``, ``api_query``, ``api_basic`` (user and password) and ``api_body`` (members of a
    JSON body) are added to each API call; ``api_base_url`` of the connector may hold an input, too.
    With ``token``, ``${access_token}`` is what the pasted values were exchanged for. ``account``
    names the account; without a ``url`` it reads the answer to ``verify``.
    """

    inputs: Mapping[str, ConnectionInput]
    api_headers: Mapping[str, str] = field(default_factory=dict)
    api_query: Mapping[str, str] = field(default_factory=dict)
    api_basic: tuple[str, str] | None = None
    api_body: Mapping[str, str] = field(default_factory=dict)
    verify: Verify | None = None
    token: TokenRequest | None = None
    account: AccountLookup | None = None
