"""Pasted keys from the provider's own side: their places, their owners, and their refusal.

Written from the provider's documentation, as all of ``connectors.provider``. In every text,
``{name}`` is a value that the provider gave to an account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

VALUE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A value of the account in a text."""
SHORTEST_KEY = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer other than the one that was asked for."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The members of a request that carry the values; header names are in lower case.

    ``basic`` is user and password of HTTP Basic (RFC 7617). A member whose value is empty for an
    account has to be absent.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    basic: tuple[str, str] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> Iterator[str]:
        """Return every text of this place."""
        yield from (*self.headers.values(), *self.query.values(), *self.body.values())
        yield from self.basic or ()


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedKeyToken:
    """An access token for right values, before it takes the provider's shape (times in UTC)."""

    access_token: str
    expires_in: int | None
    expires_at: datetime | None


def _standard(issued: IssuedKeyToken) -> Mapping[str, Any]:
    """RFC 6749 5.1."""
    life = {} if issued.expires_in is None else {"expires_in": issued.expires_in}
    return {"access_token": issued.access_token, "token_type": "Bearer", **life}


@dataclass(frozen=True, kw_only=True, slots=True)
class ExchangeRules:
    """The endpoint that takes the values and answers with an access token of ``seconds``.

    Query and body are exactly those of ``place``.
    """

    address: str
    place: Place
    method: Literal["GET", "POST"] = "POST"
    body_format: Literal["form", "json"] = "form"
    seconds: int | None = 3600
    answer: Callable[[IssuedKeyToken], Mapping[str, Any]] = _standard
    refusal: Refusal = field(default_factory=lambda: Refusal(401, {"error": "invalid_client"}))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRules:
    """How the API takes keys: right ones at ``place``, and ``refusal`` for all others.

    ``held`` are the values that each account (by its key) was given. A path of the API may hold
    them, too; where it names a tenant, that is one of them. With ``exchange``, ``{access_token}``
    is a token that the values were exchanged for. ``refusal`` is ``None`` where the API answers
    as to a wrong token of OAuth.
    """

    held: Mapping[str, Mapping[str, str]]
    place: Place = field(default_factory=Place)
    refusal: Refusal | None = None
    exchange: ExchangeRules | None = None


def key_rule_problems(provider: Any) -> Iterator[str]:
    """Describe each mistake of a provider's ``KeyRules``."""
    rules = provider.keys
    if unknown := sorted(rules.held.keys() - {account.key for account in provider.accounts}):
        yield f"keys.held names {', '.join(unknown)}, and there is no such account"
    if len(rules.held) < 2:
        yield "keys.held has fewer than two accounts"
    if len({tuple(sorted(values.items())) for values in rules.held.values()}) < len(rules.held):
        yield "keys.held gives the same values to two accounts"
    for account, values in rules.held.items():
        if not any(len(value) >= SHORTEST_KEY for value in values.values()):
            yield f"keys.held has no key of at least {SHORTEST_KEY} characters for {account}"
    places = [rules.place] + ([] if rules.exchange is None else [rules.exchange.place])
    paths = [api.address.partition("/")[2] for api in provider.api]
    texts = [text for place in places for text in place.texts()] + paths
    used = {name for text in texts for name in VALUE.findall(text)} - {"tenant"}
    issued = set() if rules.exchange is None else {"access_token"}
    if issued - {name for text in rules.place.texts() for name in VALUE.findall(text)}:
        yield "keys.place holds no {access_token}"
    for account, values in rules.held.items():
        if lacking := sorted(used - values.keys() - issued):
            yield f"keys.held gives {account} no {', '.join(lacking)}"
    if not used:
        yield "keys.place holds no value: every request would be right"
    for place in places:
        if odd := sorted(name for name in place.headers if name != name.lower()):
            yield f"keys: the header {', '.join(odd)} is not in lower case"
        if place.basic is not None and "authorization" in place.headers:
            yield "keys: headers and basic both set authorization"
