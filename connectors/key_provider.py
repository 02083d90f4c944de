"""A provider that takes pasted keys alone, from its own side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import ConfigError
from connectors.provider import (
    ApiAnswer,
    ApiRules,
    FictionalAccount,
    Headers,
    Refusal,
    api_rules,
    hosts_in,
)
from connectors.provider_keys import ExchangeRules, KeyRules, Place
from connectors.provider_review import key_provider_problems

Texts = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedKeyProvider:
    """A whole provider without OAuth; the fields are those of ``SimulatedProvider``."""

    name: str
    display_name: str
    accounts: tuple[FictionalAccount, ...]
    keys: KeyRules
    api: tuple[ApiRules, ...]
    api_base: str = ""
    api_hosts: frozenset[str]

    def __post_init__(self) -> None:
        if problems := key_provider_problems(self):
            message = f"the sandbox file of {self.name or '(no name)'}: " + "; ".join(problems)
            raise ConfigError(message, tuple(problems))

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Every address of this provider (host and path), after the field that says it."""
        exchange = self.keys.exchange
        found = [] if exchange is None else [("keys.exchange.address", exchange.address)]
        return (*found, *((f"api[{n}].address", api.address) for n, api in enumerate(self.api)))

    def hosts(self) -> frozenset[str]:
        """Every host of this provider; ``*`` for one label that varies."""
        return hosts_in(self.addresses())


def key_provider(
    name: str,
    *,
    title: str,
    keys: Mapping[str, Texts],
    refusal: Refusal,
    api: Mapping[str, ApiAnswer],
    api_base: str,
    # The place of the key
    headers: Texts | None = None,
    basic: tuple[str, str] | None = None,
    query: Texts | None = None,
    body: Texts | None = None,
    exchange: ExchangeRules | None = None,
    # The API
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    required_headers: Headers | None = None,
    api_hosts: Collection[str] = (),
) -> SimulatedKeyProvider:
    """Describe a provider that takes keys.

    Args:
        name: The connector's name.
        title: The provider's name for people.
        keys: The values that each account was given, by the account's key.
        refusal: The API's answer to any other key.
        api: The answer at each address: a path below ``api_base`` or host and path; a method
            other than GET stands in front.
        headers: Where a request carries the values (``Place``); ``basic``, ``query`` and ``body``
            likewise. ``{name}`` is a value of ``keys``.
        exchange: The endpoint that exchanges the values for an ``{access_token}``.
        facts: What the provider knows about each account, by the account's key.
        required_headers: Headers of every API call besides, with the values that are accepted.
        api_hosts: Where the key may go, if not only to the hosts of ``api``.
    """
    rules = tuple(api_rules(api, api_base, required_headers or {}))
    place = Place(headers=headers or {}, basic=basic, query=query or {}, body=body or {})
    return SimulatedKeyProvider(
        name=name,
        display_name=title,
        accounts=tuple(
            FictionalAccount(key=key, label=key.title(), facts=(facts or {}).get(key, {}))
            for key in keys
        ),
        keys=KeyRules(held=keys, place=place, refusal=refusal, exchange=exchange),
        api=rules,
        api_base=api_base,
        api_hosts=frozenset(api_hosts or {each.address.partition("/")[0] for each in rules}),
    )
