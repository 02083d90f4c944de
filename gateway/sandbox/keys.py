"""The API of a provider that takes pasted keys, and the exchange of values for access tokens."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import ApiCall, ApiRules, FictionalAccount, Refusal, SimulatedProvider
from connectors.provider_keys import VALUE, ExchangeRules, IssuedKeyToken, KeyRules, Place
from gateway.sandbox.functions import call
from gateway.sandbox.ledger import AccessToken, Grant, Ledger
from gateway.sandbox.operations import Caller, Operations
from gateway.sandbox.wire import (
    NOT_FOUND,
    Incoming,
    Outcome,
    Refused,
    basic_credentials,
    check_headers,
    json_body,
    matches,
    tenant_in,
    unique,
)

_WRONG = Refused("invalid_key", "token", "no account has this key, or it stands elsewhere", 401)
_NOT_EXCHANGED = Refused("invalid_client", "client", "these are not the values of an account", 401)


class KeySimulation:
    """Runs the ``KeyRules`` of a provider on a ledger. Each account has at most one set of values.

    ``access_token_seconds`` is the life of tokens issued from now on; ``None``: as the rules say.
    """

    redirect_uri = ""
    """There is none: a key needs no browser."""

    def __init__(
        self,
        rules: SimulatedKeyProvider | SimulatedProvider,
        ledger: Ledger,
        operations: Operations | None = None,
    ) -> None:
        if rules.keys is None:
            raise ValueError(f"{rules.name} takes no keys")
        self.rules = rules
        self.keys: KeyRules = rules.keys
        self.ledger = ledger
        self.operations = operations
        self.access_token_seconds: int | None = None

    def endpoint(self, incoming: Incoming) -> Literal["exchange", "api"] | None:
        """Which endpoint the request is for; ``places`` lists them for people."""
        exchange = self.keys.exchange
        if exchange is not None and incoming.method == exchange.method:
            if matches(_open(exchange.address), incoming.address):
                return "exchange"
        known = any(matches(_open(api.address), incoming.address) for api in self.rules.api)
        return "api" if known or self._is_operation(incoming) else None

    def places(self) -> str:
        """Every address that the sandbox file has, in words."""
        return ", ".join(f"{address} ({field})" for field, address in self.rules.addresses())

    def right_keys(self) -> Iterator[tuple[FictionalAccount, Mapping[str, str]]]:
        """The accounts whose values the provider takes, and these values."""
        for account in self.rules.accounts:
            grant = self.ledger.grants.get(self._grant_id(account))
            if account.key in self.keys.held and not (grant and grant.revoked):
                yield account, self.keys.held[account.key]

    def takes(self, incoming: Incoming) -> bool:
        """Whether an API call carries right values."""
        addresses = [api.address for api in self._called(incoming)]
        if self.operations is not None and self._is_operation(incoming):
            addresses.append(self.operations.pattern(incoming))
        try:
            return any(self._holder(incoming, address) for address in addresses)
        except Refused:
            return False

    def knows(self, incoming: Incoming) -> bool:
        """Whether the request is for this provider, if another has the same address."""
        return self.takes(incoming)

    def api(self, incoming: Incoming) -> Outcome:
        """Answer an API call."""
        if self.operations is not None and self._is_operation(incoming):
            answered = self._operation(self.operations, incoming)
            if answered is not None:
                return answered
        found = self._called(incoming)
        if not found:
            return NOT_FOUND
        api = found[0]
        try:
            check_headers(incoming, api.required_headers)
            account = self._holder(incoming, api.address)
            body = json_body(incoming)
        except Refused as refused:
            return self._refuse("api", refused, Refusal(refused.status, {"error": refused.error}))
        if account is None:
            return self._refuse("api", _WRONG, self.keys.refusal)
        self._grant(account)
        tenant = tenant_in(_open(api.address), incoming.address) or ""
        asked = ApiCall(account=account, tenant=tenant, scopes=(), json=body)
        answer = call(f"the answer at {api.address}", (Mapping, list, Refusal), api.answer, asked)
        self.ledger.note(self.rules.name, "api", "answered")
        if isinstance(answer, Refusal):
            return Outcome(status=answer.status, body=answer.body, refused=True)
        return Outcome(status=200, body=answer)

    def exchange(self, incoming: Incoming) -> Outcome:
        """Answer a request for an access token."""
        rules = self.keys.exchange
        if rules is None:
            return NOT_FOUND
        try:
            query, body = _query(incoming), _exchange_body(rules, incoming)
            for account, values in self.right_keys():
                if self._is_exchange(rules, incoming, values, query, body):
                    return self._issue(rules, account)
        except Refused as refused:
            return self._refuse("exchange", refused, rules.refusal)
        return self._refuse("exchange", _NOT_EXCHANGED, rules.refusal)

    def _is_exchange(
        self,
        rules: ExchangeRules,
        incoming: Incoming,
        values: Mapping[str, str],
        query: Mapping[str, str],
        body: Mapping[str, Any],
    ) -> bool:
        """Whether the request is exactly the one for these values."""
        place = rules.place
        has_header = place.basic is not None or "authorization" in place.headers
        return (
            _is_at(rules.address, incoming, values)
            and _carries(place, values, incoming, query, body)
            and query == _members(place.query, values)
            and body == _members(place.body, values)
            and has_header == ("authorization" in incoming.headers)
        )

    def _issue(self, rules: ExchangeRules, account: FictionalAccount) -> Outcome:
        own = self.access_token_seconds
        seconds = rules.seconds if own is None or rules.seconds is None else own
        ends = None if seconds is None else self.ledger.now() + seconds
        token = f"sandbox-{self.rules.name}-access-{secrets.token_urlsafe(24)}"
        grant = self._grant(account)
        self.ledger.access_tokens[token] = AccessToken(grant=grant.id, expires_at=ends)
        self.ledger.save()
        self.ledger.note(self.rules.name, "exchange", "issued", account=account.key)
        issued = IssuedKeyToken(
            access_token=token,
            expires_in=seconds,
            expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        )
        return Outcome(status=200, body=call("exchange.answer", Mapping, rules.answer, issued))

    def _called(self, incoming: Incoming) -> list[ApiRules]:
        return [
            api
            for api in self.rules.api
            if api.method == incoming.method and matches(_open(api.address), incoming.address)
        ]

    def _is_operation(self, incoming: Incoming) -> bool:
        return self.operations is not None and self.operations.knows(incoming)

    def _operation(self, operations: Operations, incoming: Incoming) -> Outcome | None:
        """Answer a call to the API beyond sign-in; ``None`` if that has no answer."""

        def authenticate() -> Caller:
            address = operations.pattern(incoming)
            account = self._holder(incoming, address)
            if account is None:
                raise _WRONG
            self._grant(account)
            tenant = tenant_in(_open(address), incoming.address) or ""
            place = self.keys.place
            names = frozenset({*place.query, *place.body})
            return Caller(account=account, tenant=tenant, scopes=None, credential=names)

        try:
            return operations.answer(incoming, authenticate)
        except Refused as refused:
            answer = self.keys.refusal if refused is _WRONG else None
            return self._refuse("api", refused, answer)

    def _holder(self, incoming: Incoming, address: str) -> FictionalAccount | None:
        """The account whose values an API call carries; raises ``Refused``."""
        query, body = _query(incoming), json_body(incoming)
        members = body if isinstance(body, Mapping) else {}
        for account, held in self.right_keys():
            for values in self._with_tokens(account, held):
                if _is_at(address, incoming, values) and _carries(
                    self.keys.place, values, incoming, query, members
                ):
                    return account
        return None

    def _with_tokens(
        self, account: FictionalAccount, held: Mapping[str, str]
    ) -> Iterator[Mapping[str, str]]:
        if self.keys.exchange is None:
            yield held
            return
        grant, now = self._grant_id(account), self.ledger.now()
        for token, stored in self.ledger.access_tokens.items():
            if stored.grant == grant and not stored.is_over(now):
                yield {**held, "access_token": token}

    def _grant_id(self, account: FictionalAccount) -> str:
        return f"key-{self.rules.name}-{account.key}"

    def _grant(self, account: FictionalAccount) -> Grant:
        """The ledger's line about an account's key; ended, it makes the key wrong."""
        found = self._grant_id(account)
        if found not in self.ledger.grants:
            self.ledger.grants[found] = Grant(
                id=found,
                provider=self.rules.name,
                tenant="",
                account=account.key,
                scopes=[],
                params={},
            )
            self.ledger.save()
        return self.ledger.grants[found]

    def _refuse(self, endpoint: str, refused: Refused, answer: Refusal | None) -> Outcome:
        self.ledger.note_refusal(self.rules.name, endpoint, refused)
        answer = answer or Refusal(refused.status, {"error": refused.error})
        return Outcome(status=answer.status, body=answer.body, refused=True)


def _open(address: str) -> str:
    """A pattern for the address with any values in its path."""
    host, slash, path = address.partition("/")
    return host + slash + VALUE.sub(lambda name: name[0] if name[1] == "tenant" else "*", path)


def _is_at(address: str, incoming: Incoming, values: Mapping[str, str]) -> bool:
    """Whether the address holds these values, and no other account's tenant."""
    host, slash, path = address.partition("/")
    pattern = host + slash + VALUE.sub(lambda name: values.get(name[1], name[0]), path)
    tenant = tenant_in(pattern, incoming.address)
    return matches(pattern, incoming.address) and tenant in {None, *values.values()}


def _carries(
    place: Place,
    values: Mapping[str, str],
    incoming: Incoming,
    query: Mapping[str, str],
    body: Mapping[str, Any],
) -> bool:
    """Whether the values stand where they belong."""
    given = {"headers": incoming.headers, "query": query, "body": body}
    for part, found in given.items():
        for name, text in getattr(place, part).items():
            if found.get(name) != _filled(text, values):
                return False
    if place.basic is None:
        return True
    user, password = (_filled(text, values) or "" for text in place.basic)
    header = incoming.headers.get("authorization", "")
    return basic_credentials(header, raw=True) == (user, password)


def _members(templates: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    texts = {name: _filled(text, values) for name, text in templates.items()}
    return {name: text for name, text in texts.items() if text is not None}


def _filled(text: str, values: Mapping[str, str]) -> str | None:
    """``text`` with the values in it; ``None`` if one is empty."""
    if any(not values[name] for name in VALUE.findall(text)):
        return None
    return VALUE.sub(lambda name: values[name[1]], text)


def _query(incoming: Incoming) -> dict[str, str]:
    return unique(parse_qsl(incoming.query, keep_blank_values=True))


def _exchange_body(rules: ExchangeRules, incoming: Incoming) -> Mapping[str, Any]:
    """The members of the body, which has the documented format; raises ``Refused``."""
    if not rules.place.body and not incoming.body:
        return {}
    wanted = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
    media_type = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != wanted[rules.body_format]:
        raise Refused("invalid_request", "body", f"the body must be {wanted[rules.body_format]}")
    try:
        if rules.body_format == "form":
            return unique(parse_qsl(incoming.body.decode(), keep_blank_values=True))
        found = json.loads(incoming.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("invalid_request", "body", "the body cannot be read")
    return found
