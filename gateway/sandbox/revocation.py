"""The revocation endpoint: of a token (RFC 7009), or the provider's own form."""

from __future__ import annotations

from connectors.provider import RevokeRules, SimulatedProvider
from gateway.sandbox.credentials import app_of, authenticate_bearer, authenticate_client
from gateway.sandbox.ledger import Grant, Ledger
from gateway.sandbox.wire import (
    NOT_FOUND,
    Incoming,
    Outcome,
    Refused,
    body_params,
    check_headers,
    check_names,
    refusal,
    standard_names,
    tenant_in,
)


class RevocationEndpoint:
    """Ends grants."""

    def __init__(self, rules: SimulatedProvider, ledger: Ledger) -> None:
        self.rules = rules
        self.ledger = ledger

    def revoke(self, incoming: Incoming) -> Outcome:
        """Answer a revocation request."""
        rules = self.rules.revoke
        if rules is None:
            return NOT_FOUND
        try:
            grants = self._grants(rules, incoming)
        except Refused as refused:
            self.ledger.note_refusal(self.rules.name, "revoke", refused)
            return refusal(self.rules, "revoke", refused)
        for grant in grants:
            self.ledger.revoke(grant, whole_account=rules.reach == "account")
        self.ledger.note(self.rules.name, "revoke", "revoked")
        return Outcome(status=200, body=rules.answer)

    def _grants(self, rules: RevokeRules, incoming: Incoming) -> list[Grant]:
        check_headers(incoming, rules.required_headers)
        if rules.token == "api_header":
            if incoming.body or incoming.query:
                raise Refused(
                    "invalid_request", "parameters", "the header says all there is to say"
                )
            return [authenticate_bearer(self.rules, self.ledger, incoming, rules.address)[0]]
        by_token = {rules.token_param, "token_type_hint?"}
        known = rules.params | ({rules.account_param} if rules.token == "account" else by_token)
        params = standard_names(body_params(incoming, rules.body_format), self.rules.token.names)
        app = app_of(self.rules, self.ledger, incoming, params)
        params = authenticate_client(app, incoming, params, rules.client_auth, known)
        if rules.client_auth in {"post", "public"}:
            known -= {"client_id", "client_secret"}  # they were there: they authenticated the app
        check_names(params, known)
        tenant = tenant_in(rules.address, incoming.address)
        if rules.token == "account":
            fact = rules.account_param
            return self._grants_of_account(app.client_id, fact, params[fact], tenant)
        client = None if rules.client_auth == "none" else app.client_id
        return [self._grant_of_token(rules, client, params[rules.token_param], tenant)]

    def _grants_of_account(
        self, client: str, fact: str, value: str, tenant: str | None
    ) -> list[Grant]:
        grants = [
            grant
            for account in self.rules.accounts
            if account.facts.get(fact) == value
            for grant in self.ledger.living_grants(
                self.rules.name, tenant or "", account.key, client
            )
        ]
        if not grants:
            raise Refused("invalid_grant", "token", "this account is not connected to the app")
        return grants

    def _grant_of_token(
        self, rules: RevokeRules, client: str | None, token: str, tenant: str | None
    ) -> Grant:
        """The grant of a token; ``client`` is the app that authenticated, if one did."""
        access_token = self.ledger.access_tokens.get(token)
        stored = access_token or self.ledger.refresh_tokens.get(token)
        grant = self.ledger.grants.get(stored.grant) if stored else None
        if grant is None or grant.provider != self.rules.name or tenant not in {None, grant.tenant}:
            raise Refused("invalid_token", "token", "no such token")
        if grant.client and client not in {None, grant.client}:
            raise Refused("invalid_token", "token", "the token was issued to another app")
        if access_token is not None and access_token.is_over(self.ledger.now()):
            raise Refused("invalid_token", "token", "the access token is expired")
        if ("access_token" if access_token else "refresh_token") not in rules.accepts:
            raise Refused("unsupported_token_type", "token", "tokens of this kind are not taken")
        return grant
