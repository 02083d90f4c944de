"""The provider's API, and introspection (RFC 7662): what an access token opens, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from connectors.provider import ApiCall, Refusal, SimulatedProvider
from gateway.sandbox.credentials import account_of, app_of, authenticate_bearer, authenticate_client
from gateway.sandbox.functions import call
from gateway.sandbox.ledger import AccessToken, Grant, Ledger
from gateway.sandbox.operations import Caller, Operations
from gateway.sandbox.wire import (
    NOT_FOUND,
    Incoming,
    Outcome,
    Refused,
    body_params,
    check_headers,
    check_names,
    json_body,
    matches,
    refusal,
    standard_names,
    tenant_in,
)


class ApiEndpoints:
    """Answers the API's addresses and the introspection endpoint."""

    def __init__(
        self, rules: SimulatedProvider, ledger: Ledger, operations: Operations | None = None
    ) -> None:
        self.rules = rules
        self.ledger = ledger
        self.operations = operations

    def api(self, incoming: Incoming) -> Outcome:
        """Answer an API call."""
        if self.operations is not None and self.operations.knows(incoming):
            operations, tokens = self.operations, list[AccessToken]()

            def authenticate() -> Caller:
                grant, token = authenticate_bearer(
                    self.rules, self.ledger, incoming, operations.pattern(incoming)
                )
                tokens.append(token)
                return self._caller(grant, token)

            try:
                answered = operations.answer(incoming, authenticate)
            except Refused as refused:
                self.ledger.note_refusal(self.rules.name, "api", refused)
                return refusal(self.rules, "api", refused)
            if answered is not None:
                for token in tokens:
                    self._use(token)
                return answered
        found = [
            api
            for api in self.rules.api
            if matches(api.address, incoming.address) and api.method == incoming.method
        ]
        if not found:
            return NOT_FOUND
        api = found[0]
        try:
            check_headers(incoming, api.required_headers)
            grant, token = authenticate_bearer(self.rules, self.ledger, incoming, api.address)
            asked = self._call(grant, token, incoming, json_body(incoming))
        except Refused as refused:
            self.ledger.note_refusal(self.rules.name, "api", refused)
            return refusal(self.rules, "api", refused)
        answer = call(f"the answer at {api.address}", (Mapping, list, Refusal), api.answer, asked)
        self._use(token)
        self.ledger.note(self.rules.name, "api", "answered")
        if isinstance(answer, Refusal):
            return Outcome(status=answer.status, body=answer.body, refused=True)
        return Outcome(status=200, body=answer)

    def introspect(self, incoming: Incoming) -> Outcome:
        """Answer an introspection request."""
        rules = self.rules.introspect
        if rules is None:
            return NOT_FOUND
        try:
            params = standard_names(body_params(incoming, "form"), self.rules.token.names)
            app = app_of(self.rules, self.ledger, incoming, params)
            params = authenticate_client(app, incoming, params, rules.client_auth)
            check_names(params, frozenset({"token", "token_type_hint?"}))
        except Refused as refused:
            self.ledger.note_refusal(self.rules.name, "introspect", refused)
            return refusal(self.rules, "introspect", refused)
        token = self.ledger.access_tokens.get(params["token"])
        grant = self.ledger.grants[token.grant] if token else None
        tenant = tenant_in(rules.address, incoming.address)
        if (
            token is None
            or grant is None
            or grant.provider != self.rules.name
            or tenant not in {None, grant.tenant}
            or not self.ledger.is_living(token)
        ):
            # RFC 7662 2.2: no word about why.
            self.ledger.note(self.rules.name, "introspect", "inactive")
            return Outcome(status=200, body={"active": False})
        self.ledger.note(self.rules.name, "introspect", "active")
        asked = self._call(grant, token, incoming, None)
        return Outcome(status=200, body=call("introspect.answer", Mapping, rules.answer, asked))

    def _use(self, token: AccessToken) -> None:
        """Note that a token was used, which may end the refresh token before it."""
        if token.retires is not None:
            self.ledger.refresh_tokens[token.retires].used = True
            token.retires = None
            self.ledger.save()

    def _caller(self, grant: Grant, token: AccessToken) -> Caller:
        return Caller(
            account=account_of(self.rules, grant.account),
            tenant=grant.tenant,
            scopes=frozenset(grant.scopes if token.scopes is None else token.scopes),
        )

    def _call(self, grant: Grant, token: AccessToken, incoming: Incoming, body: Any) -> ApiCall:
        return ApiCall(
            account=account_of(self.rules, grant.account),
            tenant=grant.tenant,
            scopes=tuple(grant.scopes if token.scopes is None else token.scopes),
            json=body,
            address=incoming.address,
            headers=incoming.headers,
            query=dict(parse_qsl(incoming.query)),
        )
