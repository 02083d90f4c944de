"""Providers seen from their own side: what each accepts, answers and refuses.

These descriptions are written from the providers' documentation and never from the catalog file
beside them: the two must meet on the wire, or the contract tests prove nothing. ``gateway.sandbox``
runs them strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class FictionalAccount:
    """An account that the consent page offers. ``facts`` is what the provider knows about it."""

    key: str
    label: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedTokens:
    """What a token request led to, before it takes the provider's shape.

    ``tenant`` is the value of the host's placeholder (``acme`` of ``acme.myshopify.com``), else empty.
    """

    access_token: str
    refresh_token: str | None
    expires_in: int | None
    scopes: tuple[str, ...]
    account: FictionalAccount
    tenant: str
    is_refresh: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """An authenticated call to the provider's API."""

    account: FictionalAccount
    tenant: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An answer other than 200."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizeRules:
    """The authorization endpoint. ``address`` is host and path; ``{tenant}`` stands for one label.

    ``params`` are the parameters it knows besides those of the protocol (any other is refused);
    ``required`` those that must be there, with the value if only one is right, else ``None``.
    ``scope_separator`` is ``None`` where there are no scopes.
    """

    address: str
    params: frozenset[str] = frozenset()
    required: Mapping[str, str | None] = field(default_factory=dict)
    known_scopes: frozenset[str] = frozenset()
    scope_separator: str | None = " "


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRules:
    """The token endpoint, for both grants.

    ``exchange_params`` and ``refresh_params`` are the complete sets (client credentials in the body
    excepted); a name that ends with ``?`` may be absent.
    """

    address: str
    client_auth: Literal["basic", "post"]
    body_format: Literal["form", "json"]
    exchange_params: frozenset[str]
    refresh_params: frozenset[str]
    required_headers: tuple[str, ...] = ()
    verifies_pkce: bool = True
    code_seconds: int = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantRules:
    """What is issued. ``expires`` may depend on the exchange's parameters.

    ``offline`` decides from the authorization and exchange parameters, and whether this person
    consented before, if there is a refresh token. ``rotation``: ``none`` (the refresh token stays),
    ``strict`` (the old one is dead, and using it again kills the grant), ``until_used`` (the old one
    lives until the new access token is used).
    """

    access_token_prefix: str
    refresh_token_prefix: str
    expires: Callable[[Mapping[str, str]], int | None]
    offline: Callable[[Mapping[str, str], bool], bool]
    rotation: Literal["none", "strict", "until_used"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RevokeRules:
    """The revocation endpoint.

    ``token`` names where the token comes: body field ``token`` or the API's own header.
    ``reach``: revoking ends this grant, or every grant of the account.
    """

    address: str
    method: Literal["POST", "DELETE"] = "POST"
    client_auth: Literal["basic", "post", "none"] = "none"
    body_format: Literal["form", "json"] = "form"
    token: Literal["body", "api_header"] = "body"
    reach: Literal["grant", "account"] = "grant"
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRules:
    """One address of the API, and its answer. A path that ends with ``*`` stands for all below it."""

    address: str
    answer: Callable[[ApiCall], Mapping[str, Any] | Refusal]
    method: Literal["GET", "POST"] = "GET"
    required_headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedProvider:
    """A whole provider. ``token_answer`` gives issued tokens the provider's own shape.

    ``sign_callback`` adds what the provider adds to the callback's parameters (signature, shop).
    """

    name: str
    display_name: str
    client_id: str
    client_secret: str
    accounts: tuple[FictionalAccount, ...]
    authorize: AuthorizeRules
    token: TokenRules
    grant: GrantRules
    revoke: RevokeRules | None
    api: tuple[ApiRules, ...]
    api_auth: tuple[str, str] = ("authorization", "Bearer ")
    token_answer: Callable[[IssuedTokens], Mapping[str, Any]]
    sign_callback: Callable[[dict[str, str], str, str, datetime], dict[str, str]] | None = None

    def hosts(self) -> frozenset[str]:
        """Every host of this provider; ``*`` for one label that varies."""
        addresses = [self.authorize.address, self.token.address, *(api.address for api in self.api)]
        if self.revoke is not None:
            addresses.append(self.revoke.address)
        return frozenset(a.partition("/")[0].replace("{tenant}", "*") for a in addresses)
