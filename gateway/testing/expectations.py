"""The data of a contract: what its author read in the provider's documentation.

None of it may come from the connector's own description: where the two agree, they were read twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from connectors.account import dig
from gateway.errors import ProviderError


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """An account of the simulated provider (``FictionalAccount.key``) that connects.

    ``typed`` is what the person types into the connector's ``connection_config``.
    """

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
    """A documented answer of a token endpoint, and what is to be read in it.

    ``expires_in`` is in seconds. ``scopes`` is ``None`` where the answer names none: then those
    that were requested are granted (RFC 6749 5.1).
    """

    answer: Mapping[str, Any]
    access_token: str
    refresh_token: str | None
    expires_in: int | None
    scopes: tuple[str, ...] | None


def documented(
    answer: Mapping[str, Any], *, at: str = "", scopes: tuple[str, ...] | None = None
) -> TokenSample:
    """Read a documented token answer by the names of RFC 6749 5.1.

    Args:
        answer: The JSON object, pasted.
        at: The dot path of the object that holds the token, where it is nested.
        scopes: The scopes that the answer grants, where it does not list them with spaces.
    """
    token = dig(answer, at) if at else answer
    listed = token.get("scope")
    return TokenSample(
        answer=answer,
        access_token=token["access_token"],
        refresh_token=token.get("refresh_token"),
        expires_in=token.get("expires_in"),
        scopes=tuple(listed.split()) if scopes is None and listed is not None else scopes,
    )


@dataclass(frozen=True, slots=True)
class AccountSample:
    """Documented answers that tell an account.

    ``answers`` are those of the API by address (host and path); ``token_answer`` is the exchange's,
    if it is not the documented one; ``callback`` is what ``callback_metadata`` keeps.
    ``metadata`` is what is to be kept of them. ``typed`` is what the person typed, if not what the
    first of ``people`` types.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    token_answer: Mapping[str, Any] | None = None
    typed: Mapping[str, str] | None = None
    callback: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
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
    """The data of a contract. A field without a default must be given.

    Attributes:
        connector: The name in the catalog.
        scopes: The requested scopes: pinned, so that people are not asked for more by accident.
        exchange: The documented answer to a code.
        refresh: The documented answer to a refresh; none for a provider without refresh tokens.
        accounts: Id and label, and the documented answers that tell them: an ``AccountSample``, or
            the API's answers alone.
        refusals: The refusals of the provider's own making; those of RFC 6749 are derived.
        people: Two people that must lead to two accounts; by default the sandbox file's first two.
        probe: A call to the API; by default the sandbox file's first GET below ``api_base``.
        accepted_inputs: Input -> what people type -> what is meant by it.
        refused_inputs: Input -> what must be refused.
        gaps: Name of a check -> why it cannot hold. Such a check must fail.
    """

    connector: str
    scopes: tuple[str, ...]
    exchange: TokenSample
    accounts: Mapping[tuple[str, str], AccountSample | Mapping[str, Any]]
    refresh: TokenSample | None = None
    refusals: tuple[ErrorSample, ...] = ()
    people: tuple[Person, ...] = ()
    probe: Probe | None = None
    accepted_inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused_inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class KeyExpectations:
    """The data of a contract for pasted keys. Only ``connector`` must be given.

    Attributes:
        connector: The name in the catalog.
        account: Id and label of the first person's account, where the provider names one.
        people: Two people with right values; by default the first two of the sandbox file.
        probe: A call to the API; by default the sandbox file's first one below ``api_base``.
        accepted_inputs: Input -> what people paste -> what is meant by it.
        refused_inputs: Input -> what must be refused before the provider is asked.
        refusals: Documented answers to wrong values (status and body), besides the sandbox's own.
        unclear: Documented answers that say nothing about the values.
        gaps: Name of a check -> why it cannot hold. Such a check must fail.
    """

    connector: str
    account: tuple[str, str] | None = None
    people: tuple[Person, ...] = ()
    probe: Probe | None = None
    accepted_inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused_inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refusals: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    unclear: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    gaps: Mapping[str, str] = field(default_factory=dict)


def fields_of(expected: type) -> tuple[str, ...]:
    """Return the names of everything that a contract may say."""
    return tuple(f.name for f in fields(expected))


def required_of(expected: type) -> tuple[str, ...]:
    """Return the names of everything that a contract must say."""
    return tuple(
        f.name for f in fields(expected) if f.default is MISSING and f.default_factory is MISSING
    )
