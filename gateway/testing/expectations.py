"""What the author of a connector expects of it: the data of a contract.

Written from the provider's documentation, like the simulated provider, and never from the
connector's own description: where the two agree, somebody has looked twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from connectors.account import AccountInfo
from gateway.errors import ProviderError


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who connects: an account of the simulated provider (``FictionalAccount.key``), and what
    is typed into the connector's ``connection_config``."""

    account: str
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """One call that a tool makes: ``path`` is appended to ``api_base_url``."""

    path: str
    method: str = "GET"
    json: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenSample:
    """A documented answer of a token endpoint, and what is to be read in it. ``expires_in`` in seconds."""

    answer: Mapping[str, Any]
    access_token: str
    refresh_token: str | None
    expires_in: int | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSample:
    """Documented answers that tell the account, and the account that they tell.

    ``answers`` are those of the API by address (host and path); ``token_answer`` is the
    exchange's, if it is not that of ``token_sample``.
    """

    expected: AccountInfo
    answers: Mapping[str, Any] = field(default_factory=dict)
    token_answer: Mapping[str, Any] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorSample:
    """A documented refusal of the token endpoint, and the error that it stands for.

    ``on_refresh``: it is the answer to a refresh, where some statuses have a meaning of their own.
    """

    status: int
    body: Mapping[str, Any]
    raises: type[ProviderError]
    on_refresh: bool = False


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """The whole of it. A field without a default must be given: a missing sample fails the contract.

    ``people`` are two ways to connect that must lead to two accounts. ``accepted_inputs`` maps an
    input to what people type and what is meant by it, ``refused_inputs`` to what must be refused.
    ``scopes_are_echoed`` says whether the token endpoint names the scopes that were granted;
    ``expected_scopes_not_echoed`` are those that it never names. Refusing such a scope must go unseen:
    whoever says so of a scope that is named hides nothing, but fails the contract.
    ``gaps`` maps a check's name to the reason why it cannot hold; such a check must fail.
    """

    connector: str
    expected_category: str
    expected_scopes: tuple[str, ...]
    expected_supports_refresh: bool
    expected_supports_multiple_accounts: bool
    expected_use_pkce: bool
    expected_extra_authorize_params: Mapping[str, str]
    people: tuple[Person, ...]
    probe: Probe
    token_sample: TokenSample
    account_samples: tuple[AccountSample, ...]
    error_samples: tuple[ErrorSample, ...]
    refresh_sample: TokenSample | None = None
    expected_alias: str | None = None
    accepted_inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused_inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes_are_echoed: bool = True
    expected_scopes_not_echoed: frozenset[str] = frozenset()
    gaps: Mapping[str, str] = field(default_factory=dict)


FIELDS = tuple(f.name for f in fields(Expectations))
REQUIRED = tuple(
    f.name for f in fields(Expectations) if f.default is MISSING and f.default_factory is MISSING
)
