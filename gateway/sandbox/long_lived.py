"""Long-lived tokens: the exchange of a code's token for one, and the renewal of that by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from connectors.provider import LongLivedRules, SimulatedProvider
from gateway.sandbox.issuing import Issuing
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.wire import Incoming, Outcome, Refused, check_headers, matches, refusal, unique

_TOKEN = "{access_token}"


class LongLivedEndpoint:
    """Answers both requests, on one address or on two."""

    def __init__(self, rules: SimulatedProvider, ledger: Ledger, issuing: Issuing) -> None:
        self.rules = rules
        self.ledger = ledger
        self.issuing = issuing

    def token(self, incoming: Incoming) -> Outcome:
        """Answer a request for a long-lived token."""
        rules = self.rules.long_lived
        assert rules is not None, "no address leads here"  # noqa: S101
        try:
            answer = self._answer(incoming, rules)
        except Refused as refused:
            self.ledger.note_refusal(self.rules.name, "token", refused, grant_type="long_lived")
            return refusal(self.rules, "token", refused)
        self.ledger.note(self.rules.name, "token", "issued", grant_type="long_lived")
        self.ledger.save()
        return Outcome(status=200, body=answer)

    def _answer(self, incoming: Incoming, rules: LongLivedRules) -> Mapping[str, Any]:
        check_headers(incoming, self.rules.token.required_headers)
        params = unique(parse_qsl(incoming.query, keep_blank_values=True))
        # One address may do both: the token says which is meant.
        is_renewal = any(value in self.ledger.refresh_tokens for value in params.values())
        address, wanted = rules.exchange, rules.exchange_params
        if is_renewal:
            address, wanted = rules.renew, rules.renew_params
        if not matches(address, incoming.address):
            text = "this address takes another kind of token"
            raise Refused("invalid_request", "parameters", text)
        self._check(params, wanted)
        name = next(name for name, value in wanted.items() if value == _TOKEN)
        token = self.ledger.access_tokens.get(params[name])
        if token is None:
            text = "the token is not known here"
            raise Refused("invalid_grant", "refresh_token_unknown", text)
        grant = self.ledger.grants[token.grant]
        if grant.provider != self.rules.name or not self.ledger.is_living(token):
            raise Refused("invalid_grant", "grant_revoked", "the token is over")
        return self.issuing.long_lived(grant, token.scopes, rules.seconds, is_renewal=is_renewal)

    def _check(self, params: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        if params.keys() != wanted.keys():
            text = f"the query has {', '.join(sorted(wanted))}"
            raise Refused("invalid_request", "parameters", text)
        own = {"{client_id}": self.rules.client_id, "{client_secret}": self.rules.client_secret}
        for name, value in wanted.items():
            if value in own and params[name] != own[value]:
                raise Refused("invalid_client", "client", f"{name} is not the app's own", 401)
            if value not in {*own, _TOKEN} and params[name] != value:
                text = f"{name} has an unknown value"
                raise Refused("invalid_request", "parameters", text)
