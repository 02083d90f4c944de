"""One simulated provider, run from its description: every rule is checked, none is bent.

The methods take plain values and return plain answers; ``gateway.sandbox.app`` speaks HTTP.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox import ApiCall, FictionalAccount, IssuedTokens, Refusal, SimulatedProvider
from gateway.sandbox.ledger import AccessToken, Code, Grant, Ledger, RefreshToken
from gateway.sandbox.wire import (
    Incoming,
    Outcome,
    Refused,
    address_regex,
    basic_credentials,
    body_params,
    matches,
    refusal,
)

_PROTOCOL = frozenset({
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
    "code_challenge_method",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Consent:
    """An authorization request that is in order and waits for the person."""

    provider: SimulatedProvider
    tenant: str
    params: Mapping[str, str]
    scopes: tuple[str, ...]


class ProviderSimulation:
    """Runs one ``SimulatedProvider`` on a ledger.

    ``redirect_uri`` is the only one that the app has registered. ``access_token_seconds`` overrides
    the life of tokens issued from now on.
    """

    def __init__(self, rules: SimulatedProvider, ledger: Ledger, redirect_uri: str) -> None:
        self.rules = rules
        self.ledger = ledger
        self.redirect_uri = redirect_uri
        self.access_token_seconds: int | None = None

    def authorize(self, incoming: Incoming) -> Consent:
        """Check an authorization request; raises ``Refused``."""
        rules = self.rules.authorize
        pairs = parse_qsl(incoming.query, keep_blank_values=True)
        params = dict(pairs)
        if len(params) != len(pairs):
            raise Refused("invalid_request", "a parameter came twice")
        if params.get("client_id") != self.rules.client_id:
            raise Refused("invalid_client", "no app has this client_id")
        if params.get("redirect_uri") != self.redirect_uri:
            raise Refused("redirect_uri_mismatch", f"register {params.get('redirect_uri')} first")
        if unknown := params.keys() - _PROTOCOL - rules.params:
            raise Refused("invalid_request", f"unknown parameters: {', '.join(sorted(unknown))}")
        for name, value in rules.required.items():
            if name not in params or value not in {None, params[name]}:
                raise Refused("invalid_request", f"{name} must be {value or 'present'}")
        if not params.get("state"):
            raise Refused("invalid_request", "state is missing")
        if self.rules.token.verifies_pkce and "code_challenge" in params:
            if params.get("code_challenge_method") != "S256":
                raise Refused("invalid_request", "code_challenge_method must be S256")
        return Consent(
            provider=self.rules,
            tenant=self._tenant(rules.address, incoming.address),
            params=params,
            scopes=self._scopes(params.get("scope")),
        )

    def approve(self, consent: Consent, account_key: str) -> dict[str, str]:
        """The callback's parameters after the person chose an account."""
        account = self._account(account_key)
        code = f"code-{secrets.token_urlsafe(24)}"
        self.ledger.codes[code] = Code(
            provider=self.rules.name,
            tenant=consent.tenant,
            account=account.key,
            scopes=list(consent.scopes),
            redirect_uri=consent.params["redirect_uri"],
            challenge=consent.params.get("code_challenge"),
            params=dict(consent.params),
            consented_before=self.ledger.consented_before(self.rules.name, account.key),
            expires_at=self.ledger.now() + self.rules.token.code_seconds,
        )
        self.ledger.note(self.rules.name, "authorize", "approved", account=account.key)
        return self._callback(consent, {"code": code, "state": consent.params["state"]})

    def deny(self, consent: Consent) -> dict[str, str]:
        """The callback's parameters after the person declined."""
        self.ledger.note(self.rules.name, "authorize", "denied")
        return self._callback(consent, {"error": "access_denied", "state": consent.params["state"]})

    def token(self, incoming: Incoming) -> Outcome:
        """Answer a token request."""
        grant_type = "unreadable"
        try:
            params = self._token_params(incoming)
            grant_type = params.get("grant_type") or "authorization_code"
            issue = self._refresh if grant_type == "refresh_token" else self._exchange
            answer = issue(params, self._tenant(self.rules.token.address, incoming.address))
        except Refused as refused:
            self.ledger.note(self.rules.name, "token", refused.error, grant_type=grant_type)
            return refusal(refused)
        self.ledger.note(self.rules.name, "token", "issued", grant_type=grant_type)
        self.ledger.save()
        return Outcome(status=200, body=answer)

    def revoke(self, incoming: Incoming) -> Outcome:
        """Answer a revocation request."""
        rules = self.rules.revoke
        if rules is None:
            return Outcome(status=404, body={"error": "not_found"})
        try:
            if rules.token == "api_header":
                grant = self._authenticate_api(incoming)[0]
            else:
                params = body_params(incoming, rules.body_format)
                params = self._authenticate_client(incoming, params, rules.client_auth)
                grant = self._grant_of(params.get("token", ""))
        except Refused as refused:
            self.ledger.note(self.rules.name, "revoke", refused.error)
            return refusal(refused)
        self.ledger.revoke(grant, whole_account=rules.reach == "account")
        self.ledger.note(self.rules.name, "revoke", "revoked")
        return Outcome(status=200, body=rules.answer)

    def api(self, incoming: Incoming) -> Outcome:
        """Answer an API call."""
        found = [
            api for api in self.rules.api
            if matches(api.address, incoming.address) and api.method == incoming.method
        ]  # fmt: skip
        if not found:
            return Outcome(status=404, body={"error": "not_found"})
        api = found[0]
        try:
            for name in api.required_headers:
                if name not in incoming.headers:
                    raise Refused("missing_header", f"the header {name} is missing")
            grant, token = self._authenticate_api(incoming)
        except Refused as refused:
            self.ledger.note(self.rules.name, "api", refused.error)
            return refusal(refused)
        if token.retires is not None:
            self.ledger.refresh_tokens[token.retires].used = True
            token.retires = None
            self.ledger.save()
        call = ApiCall(
            account=self._account(grant.account), tenant=grant.tenant, scopes=tuple(grant.scopes)
        )
        answer = api.answer(call)
        self.ledger.note(self.rules.name, "api", "answered")
        if isinstance(answer, Refusal):
            return Outcome(status=answer.status, body=answer.body)
        return Outcome(status=200, body=answer)

    def _exchange(self, params: Mapping[str, str], tenant: str) -> Mapping[str, Any]:
        self._check_names(params, self.rules.token.exchange_params)
        code = self.ledger.codes.get(params["code"])
        if code is None or code.provider != self.rules.name or code.tenant != tenant:
            raise Refused("invalid_grant", "the code is not known here")
        if code.grant is not None:
            self.ledger.revoke(self.ledger.grants[code.grant], whole_account=False)
            raise Refused("invalid_grant", "the code was used before; its grant is revoked")
        if code.expires_at <= self.ledger.now():
            raise Refused("invalid_grant", "the code is expired")
        if "redirect_uri" in params and params["redirect_uri"] != code.redirect_uri:
            raise Refused("invalid_grant", "redirect_uri differs from the authorization request's")
        if self.rules.token.verifies_pkce and code.challenge is not None:
            if _challenge(params.get("code_verifier", "")) != code.challenge:
                raise Refused("invalid_grant", "the code_verifier does not match")
        merged = code.params | dict(params)
        grant = self.ledger.new_grant(code)
        grant.params = {k: v for k, v in merged.items() if k not in {"code", "code_verifier"}}
        offline = self.rules.grant.offline(merged, code.consented_before)
        refresh_token = self._new_refresh_token(grant) if offline else None
        return self._issue(grant, refresh_token, retires=None, is_refresh=False)

    def _refresh(self, params: Mapping[str, str], tenant: str) -> Mapping[str, Any]:
        self._check_names(params, self.rules.token.refresh_params)
        token = params["refresh_token"]
        stored = self.ledger.refresh_tokens.get(token)
        grant = self.ledger.grants.get(stored.grant) if stored else None
        if (
            stored is None
            or grant is None
            or (grant.provider, grant.tenant) != (self.rules.name, tenant)
        ):
            raise Refused("invalid_grant", "the refresh token is not known here")
        if grant.revoked:
            raise Refused("invalid_grant", "the grant is revoked")
        if stored.used:
            # RFC 9700 4.14.2: a reused refresh token means that one of two holders is a thief.
            self.ledger.revoke(grant, whole_account=False)
            raise Refused(
                "invalid_grant", "the refresh token was used before; the grant is revoked"
            )
        rotation = self.rules.grant.rotation
        if rotation == "none":
            return self._issue(grant, token, retires=None, is_refresh=True)
        if rotation == "strict":
            stored.used = True
        retires = token if rotation == "until_used" else None
        return self._issue(grant, self._new_refresh_token(grant), retires=retires, is_refresh=True)

    def _issue(
        self, grant: Grant, refresh_token: str | None, *, retires: str | None, is_refresh: bool
    ) -> Mapping[str, Any]:
        seconds = self.rules.grant.expires(grant.params)
        lifetime = seconds if self.access_token_seconds is None else self.access_token_seconds
        access_token = self.rules.grant.access_token_prefix + secrets.token_hex(24)
        self.ledger.access_tokens[access_token] = AccessToken(
            grant=grant.id,
            expires_at=None if lifetime is None else self.ledger.now() + lifetime,
            retires=retires,
        )
        issued = IssuedTokens(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_in=None if seconds is None else lifetime,
            scopes=tuple(grant.scopes),
            account=self._account(grant.account),
            tenant=grant.tenant,
            is_refresh=is_refresh,
        )
        return self.rules.token_answer(issued)

    def _new_refresh_token(self, grant: Grant) -> str:
        token = self.rules.grant.refresh_token_prefix + secrets.token_hex(24)
        self.ledger.refresh_tokens[token] = RefreshToken(grant=grant.id)
        return token

    def _token_params(self, incoming: Incoming) -> dict[str, str]:
        rules = self.rules.token
        for name in rules.required_headers:
            if name not in incoming.headers:
                raise Refused("missing_header", f"the header {name} is missing")
        if incoming.query:
            raise Refused("invalid_request", "parameters belong into the body")
        params = body_params(incoming, rules.body_format)
        return self._authenticate_client(incoming, params, rules.client_auth)

    def _authenticate_client(
        self, incoming: Incoming, params: dict[str, str], method: str
    ) -> dict[str, str]:
        """``params`` without the client's credentials; raises ``Refused`` unless they came as ``method``."""
        basic = basic_credentials(incoming.headers.get("authorization", ""))
        posted = (params.pop("client_id", None), params.pop("client_secret", None))
        wanted = (self.rules.client_id, self.rules.client_secret)
        if basic is not None and posted != (None, None):
            raise Refused("invalid_request", "credentials came in the header and in the body")
        given = {"basic": basic, "post": posted, "none": None}[method]
        if method == "none" and (basic is not None or posted != (None, None)):
            raise Refused("invalid_request", "this endpoint takes no client credentials")
        if method != "none" and given != wanted:
            raise Refused("invalid_client", f"send the right credentials by {method}", status=401)
        return params

    def _authenticate_api(self, incoming: Incoming) -> tuple[Grant, AccessToken]:
        name, prefix = self.rules.api_auth
        value = incoming.headers.get(name, "")
        token = self.ledger.access_tokens.get(value.removeprefix(prefix))
        if not value.startswith(prefix) or token is None:
            raise Refused("invalid_token", "no such access token", status=401)
        grant = self.ledger.grants[token.grant]
        expired = token.expires_at is not None and token.expires_at <= self.ledger.now()
        if grant.provider != self.rules.name or grant.revoked or expired:
            raise Refused("invalid_token", "the access token is expired or revoked", status=401)
        if grant.tenant and not incoming.host.startswith(f"{grant.tenant}."):
            raise Refused("invalid_token", "the access token is for another host", status=401)
        return grant, token

    def _grant_of(self, token: str) -> Grant:
        stored = self.ledger.access_tokens.get(token) or self.ledger.refresh_tokens.get(token)
        grant = self.ledger.grants.get(stored.grant) if stored else None
        if grant is None or grant.provider != self.rules.name:
            raise Refused("invalid_token", "no such token")
        return grant

    def _scopes(self, text: str | None) -> tuple[str, ...]:
        rules = self.rules.authorize
        if rules.scope_separator is None:
            if text is not None:
                raise Refused("invalid_request", "this provider has no scopes")
            return ()
        scopes = tuple((text or "").split(rules.scope_separator))
        if unknown := [scope for scope in scopes if scope not in rules.known_scopes]:
            raise Refused("invalid_scope", f"unknown scope: {unknown[0]!r}")
        return scopes

    def _callback(self, consent: Consent, params: dict[str, str]) -> dict[str, str]:
        if self.rules.sign_callback is None:
            return params
        now = datetime.fromtimestamp(self.ledger.now(), UTC)
        return self.rules.sign_callback(params, consent.tenant, self.rules.client_secret, now)

    def _account(self, key: str) -> FictionalAccount:
        for account in self.rules.accounts:
            if account.key == key:
                return account
        raise Refused("invalid_request", "no such account")

    def _tenant(self, pattern: str, address: str) -> str:
        match = re.fullmatch(address_regex(pattern), address)
        return match["tenant"] if match and "{tenant}" in pattern else ""

    def _check_names(self, params: Mapping[str, str], names: frozenset[str]) -> None:
        required = {name for name in names if not name.endswith("?")}
        known = {name.rstrip("?") for name in names}
        if missing := required - params.keys():
            raise Refused("invalid_request", f"missing: {', '.join(sorted(missing))}")
        if unknown := params.keys() - known:
            raise Refused("invalid_request", f"unknown: {', '.join(sorted(unknown))}")

    def endpoint(self, incoming: Incoming) -> str | None:
        """Which of ``authorize``, ``token``, ``revoke``, ``api`` the request is for."""
        if matches(self.rules.authorize.address, incoming.address) and incoming.method == "GET":
            return "authorize"
        if matches(self.rules.token.address, incoming.address) and incoming.method == "POST":
            return "token"
        revoke = self.rules.revoke
        if (
            revoke
            and matches(revoke.address, incoming.address)
            and incoming.method == revoke.method
        ):
            return "revoke"
        return "api" if any(matches(a.address, incoming.address) for a in self.rules.api) else None


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
