"""The vocabulary in which a provider is described from its own side.

``gateway.sandbox`` runs such a description. It checks itself (``connectors.provider_review``): a
bad one raises one ``ConfigError`` that names every problem at once. ``connectors.rfc6749`` builds
one for a provider that follows the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Literal

from connectors.errors import ConfigError
from connectors.hosts import hosts_of
from connectors.provider_keys import KeyRules
from connectors.provider_keys import Refusal as Refusal
from connectors.provider_review import problems_of

Headers = Mapping[str, frozenset[str]]
"""Lower-case names of headers, each with the values that are accepted. They must be there; one
whose name ends with ``?`` may be absent."""

Endpoint = Literal["token", "revoke", "introspect", "api"]

Reason = Literal[
    "body",
    "parameters",
    "header",
    "client",
    "scope",
    "redirect_uri",
    "verifier",
    "code_unknown",
    "code_used",
    "code_expired",
    "refresh_token_unknown",
    "refresh_token_used",
    "grant_revoked",
    "token",
]
"""Why a request is refused, finer than RFC 6749's codes: some providers name these things."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FictionalAccount:
    """An account that the consent page offers. ``facts`` is what the provider knows about it."""

    key: str
    label: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedTokens:
    """The result of a token request, before it takes the provider's shape.

    ``issued_at`` is the provider's time, in UTC.
    ``tenant`` is the value of the host's placeholder (``acme`` of ``acme.myshopify.com``, ``eu`` of
    a list, or a whole host), else empty; ``params`` are those of the authorization request and
    the exchange together.
    """

    access_token: str
    refresh_token: str | None
    expires_in: int | None
    scopes: tuple[str, ...]
    account: FictionalAccount
    tenant: str
    params: Mapping[str, str]
    is_refresh: bool
    issued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """An authenticated call to the provider's API.

    ``json`` is the body, ``None`` without one; ``address`` is the host and path that was called;
    ``headers`` have lower-case names.
    """

    account: FictionalAccount
    tenant: str
    scopes: tuple[str, ...]
    json: Any = None
    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


ApiAnswer = Callable[[ApiCall], Mapping[str, Any] | list[Any] | Refusal]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRequest:
    """A request that is refused, before the refusal takes the provider's shape.

    ``error`` is the code of RFC 6749 5.2, ``status`` the HTTP status that goes with it.
    """

    endpoint: Endpoint
    error: str
    reason: Reason
    description: str
    status: int

    @property
    def standard(self) -> Refusal:
        """The refusal as RFC 6749 5.2 shapes it."""
        body = {"error": self.error, "error_description": self.description}
        return Refusal(status=self.status, body=body)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizeRules:
    """The authorization endpoint. ``address`` is host and path.

    ``{tenant}`` stands for one label. A host that is closed by a list of tenants is
    ``{eu=accounts.acme.eu|us=accounts.acme.example}``; one that is the tenant's own is
    ``{*.my.acme.example|login.acme.example}``, where ``*`` stands for one label.

    ``params`` are the parameters it knows besides those of the protocol (any other is refused);
    ``required`` those that must be there, with the value if only one is right, else ``None``.
    Each character of ``scope_separator`` separates scopes; ``None`` without scopes.
    ``pkce``: ``required``, ``verified`` when sent, ``ignored``, or ``refused`` as unknown.
    ``account_choice`` are parameters without which a person who consented before is not asked
    again which account is meant: the one used last is taken. ``issuer`` is the ``iss`` that every
    answer carries (RFC 9207); ``issuer_advertised`` whether the provider's metadata promises it.
    ``code_param`` is the name of the code in the callback, and ``callback`` maps the further
    parameters that it brings with a code to the account's facts; ``names`` maps the provider's
    names of parameters to the standard ones, which are unknown then. ``approval_codes`` say that
    an administrator has to approve: as the callback's error, or as a word of its description.
    """

    address: str
    params: frozenset[str] = frozenset()
    required: Mapping[str, str | None] = field(default_factory=lambda: {"response_type": "code"})
    scope_param: str = "scope"
    known_scopes: frozenset[str] = frozenset()
    scope_separator: str | None = " "
    pkce: Literal["required", "verified", "ignored", "refused"] = "verified"
    account_choice: Mapping[str, str] = field(default_factory=dict)
    issuer: str | None = None
    issuer_advertised: bool = False
    code_param: str = "code"
    callback: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    approval_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRules:
    """The token endpoint, for both grants; ``refresh_address`` if refreshing has another.

    ``exchange_params`` and ``refresh_params`` are the complete sets (client credentials excepted);
    a name that ends with ``?`` may be absent. ``client_auth``: ``basic``, ``basic_raw`` (without
    the encoding of RFC 6749 2.3.1), ``post``, ``secret_key`` (the secret alone, as Bearer or as
    Basic user with an empty password), or ``public`` (the client_id alone, in the body). ``query``
    and ``refresh_query`` are the whole query of the address. ``names`` as at the authorization.
    ``check`` sees the parameters and returns the error code to refuse them with, or ``None``.
    """

    address: str
    refresh_address: str | None = None
    client_auth: Literal["basic", "basic_raw", "post", "secret_key", "public"]
    body_format: Literal["form", "json"]
    exchange_params: frozenset[str]
    refresh_params: frozenset[str]
    required_headers: Headers = field(default_factory=dict)
    code_seconds: int = 600
    check: Callable[[Mapping[str, str]], str | None] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    refresh_query: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantRules:
    """The issued tokens. ``expires`` may depend on the parameters.

    ``offline`` decides from the authorization and exchange parameters, and whether this person
    consented before, if there is a refresh token. ``rotation`` says what a refresh does to the
    refresh token it used:

    - ``none``: it stays, and the answer names no other;
    - ``kept``: the answer names a new one, and the old one goes on working;
    - ``strict``: it is dead, and using it again ends the grant;
    - ``until_used``: it lives until the new access token is used;
    - ``replay``: for ``grace_seconds`` it yields the same new refresh token again, then it is dead;
    - ``never``: there are no refresh tokens.

    ``ends_access_token``: a refresh ends the earlier access tokens, too. ``shared``: another
    consent of the same account for this app continues the first one's grant and yields its refresh
    token. ``refresh_from_seconds``: a refresh is refused until so many seconds before the end of
    the newest access token. ``extends`` is the answer to a refresh that issues no token, and lets
    the newest one live as long again. ``claims``: an access token is a JWT with these claims of the
    account.
    """

    access_token_prefix: str
    refresh_token_prefix: str
    expires: Callable[[Mapping[str, str]], int | None]
    offline: Callable[[Mapping[str, str], bool], bool]
    rotation: Literal["none", "kept", "strict", "until_used", "replay", "never"]
    grace_seconds: int = 0
    ends_access_token: bool = False
    shared: bool = False
    refresh_from_seconds: int | None = None
    extends: Mapping[str, Any] | None = None
    claims: Callable[[FictionalAccount], Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LongLivedRules:
    """The GET endpoint that exchanges a token of a code for a long-lived one, and that renews this.

    ``exchange_params`` and ``renew_params`` are the whole queries, in which ``{access_token}``,
    ``{client_id}`` and ``{client_secret}`` stand for those. A long-lived token lives for
    ``seconds``, for ever with ``None``. It renews itself while it lives, and works on after that.
    """

    exchange: str
    exchange_params: Mapping[str, str]
    renew: str
    renew_params: Mapping[str, str]
    seconds: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RevokeRules:
    """The revocation endpoint.

    ``token`` names what says which grant: body field ``token_param`` (of a kind in ``accepts``),
    the API's own header, or an ``account`` in the body field ``account_param`` (the fact of that
    name). ``params`` are further parameters that must be there; a ``client_id`` among them must be
    the app's own. ``client_auth`` ``client_secret`` is the header ``Authorization: Client …``.
    ``reach``: revoking ends this grant, or every one of the account.
    """

    address: str
    method: Literal["POST", "DELETE"] = "POST"
    client_auth: Literal[
        "basic", "basic_raw", "post", "secret_key", "client_secret", "public", "none"
    ] = "none"
    body_format: Literal["form", "json"] = "form"
    required_headers: Headers = field(default_factory=dict)
    token: Literal["body", "api_header", "account"] = "body"
    accepts: frozenset[Literal["access_token", "refresh_token"]] = frozenset(
        {"access_token", "refresh_token"}
    )
    token_param: str = "token"
    account_param: str = ""
    params: frozenset[str] = frozenset()
    reach: Literal["grant", "account"] = "grant"
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntrospectRules:
    """RFC 7662: the form field ``token`` is an access token; the client authenticates."""

    address: str
    client_auth: Literal["basic", "basic_raw", "post", "public"]
    answer: Callable[[ApiCall], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRules:
    """One address of the API, and its answer. A path may end with ``*``: all paths below it."""

    address: str
    answer: ApiAnswer
    method: Literal["GET", "POST"] = "GET"
    required_headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedProvider:
    """A whole provider.

    ``token_answer`` gives issued tokens the provider's own shape, ``error_answer`` its refusals
    (RFC 6749 5.2 without one); ``sign_callback`` adds what the provider adds to the callback's
    parameters (signature, shop). ``api_base`` is host and path before every API call; ``api_auth``
    is the header that carries the access token and the text before the token (after ``Basic `` it
    is the user, without a password); ``api_hosts`` are the
    hosts that document taking it, ``*.`` for any below. ``several_accounts`` is ``False`` where a
    person has one account at most. ``keys`` are the rules for keys that the API takes as well.
    """

    name: str
    display_name: str
    client_id: str
    client_secret: str
    accounts: tuple[FictionalAccount, ...]
    several_accounts: bool = True
    authorize: AuthorizeRules
    token: TokenRules
    grant: GrantRules
    revoke: RevokeRules | None = None
    long_lived: LongLivedRules | None = None
    introspect: IntrospectRules | None = None
    api: tuple[ApiRules, ...]
    api_base: str = ""
    api_auth: tuple[str, str] = ("authorization", "Bearer ")
    api_hosts: frozenset[str]
    token_answer: Callable[[IssuedTokens], Mapping[str, Any]]
    error_answer: Callable[[RefusedRequest], Refusal] | None = None
    sign_callback: Callable[[dict[str, str], str, str, datetime], dict[str, str]] | None = None
    keys: KeyRules | None = None

    def __post_init__(self) -> None:
        if problems := problems_of(self):
            message = f"the sandbox file of {self.name or '(no name)'}: " + "; ".join(problems)
            raise ConfigError(message, tuple(problems))

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Every address of this provider (host and path), after the field that says it."""
        found = (
            ("authorize.address", self.authorize.address),
            ("token.address", self.token.address),
            ("token.refresh_address", self.token.refresh_address),
            ("long_lived.exchange", self.long_lived.exchange if self.long_lived else None),
            ("long_lived.renew", self.long_lived.renew if self.long_lived else None),
            ("revoke.address", self.revoke.address if self.revoke else None),
            ("introspect.address", self.introspect.address if self.introspect else None),
            (
                "keys.exchange.address",
                self.keys.exchange.address if self.keys and self.keys.exchange else None,
            ),
            *((f"api[{number}].address", api.address) for number, api in enumerate(self.api)),
        )
        return tuple((field, address) for field, address in found if address is not None)

    def hosts(self) -> frozenset[str]:
        """Every host of this provider; ``*`` for one label that varies."""
        return hosts_in(self.addresses())


def hosts_in(addresses: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the hosts of addresses with their fields; ``*`` for one label that varies."""
    hosts = (address.partition("/")[0] for _, address in addresses)
    return frozenset(chain.from_iterable(map(hosts_of, hosts)))


def api_rules(answers: Mapping[str, ApiAnswer], base: str, headers: Headers) -> Iterator[ApiRules]:
    """Return the rules for the answer at each address.

    An address is a path below ``base``, or host and path; a method other than GET stands in front.
    """
    for place, answer in answers.items():
        method, _, address = place.rpartition(" ")
        yield ApiRules(
            address=base + address if address.startswith("/") else address,
            method=method or "GET",  # type: ignore[arg-type]  # the review checks it
            answer=answer,
            required_headers=headers,
        )
