"""The token endpoint (RFC 6749 3.2): codes and refresh tokens against access tokens."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from types import NoneType
from typing import Any
from urllib.parse import parse_qsl

from connectors.provider import Reason, SimulatedProvider
from gateway.sandbox.credentials import app_of, authenticate_client
from gateway.sandbox.functions import call
from gateway.sandbox.issuing import Issuing
from gateway.sandbox.ledger import Code, Grant, Ledger, RefreshToken
from gateway.sandbox.wire import (
    Incoming,
    Outcome,
    Refused,
    body_params,
    check_headers,
    check_names,
    matches,
    refusal,
    split_scopes,
    standard_names,
    tenant_in,
)

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""RFC 7636 4.1."""
_VERIFIER_NAMES = frozenset({"code_verifier", "code_verifier?"})


class TokenEndpoint:
    """Answers token requests, on one address or on two."""

    def __init__(self, rules: SimulatedProvider, ledger: Ledger, issuing: Issuing) -> None:
        self.rules = rules
        self.ledger = ledger
        self.issuing = issuing

    def token(self, incoming: Incoming) -> Outcome:
        """Answer a token request."""
        grant_type = "unreadable"
        try:
            client, params = self._params(incoming)
            grant_type = self._grant_type(incoming, params)
            answer = self._answer(incoming, client, params, grant_type)
        except Refused as refused:
            self.ledger.note_refusal(self.rules.name, "token", refused, grant_type=grant_type)
            return refusal(self.rules, "token", refused)
        self.ledger.note(self.rules.name, "token", "issued", grant_type=grant_type)
        self.ledger.save()
        return Outcome(status=200, body=answer)

    def _params(self, incoming: Incoming) -> tuple[str, dict[str, str]]:
        """The client id of the app that asks, and the parameters without its credentials."""
        rules = self.rules.token
        check_headers(incoming, rules.required_headers)
        params = body_params(replace(incoming, query=""), rules.body_format)
        params = standard_names(params, rules.names)
        query = rules.refresh_query if "refresh_token" in params else rules.query
        if dict(parse_qsl(incoming.query, keep_blank_values=True)) != query:
            raise Refused("invalid_request", "parameters", f"the query must be {dict(query)}")
        listed = rules.refresh_params if "refresh_token" in params else rules.exchange_params
        app = app_of(self.rules, self.ledger, incoming, params)
        params = authenticate_client(app, incoming, params, rules.client_auth, listed)
        return app.client_id, params

    def _grant_type(self, incoming: Incoming, params: Mapping[str, str]) -> str:
        rules = self.rules.token
        taken = {"authorization_code", "refresh_token"}
        if rules.refresh_address is not None:
            at_refresh = matches(rules.refresh_address, incoming.address)
            taken = {"refresh_token"} if at_refresh else {"authorization_code"}
        default = "authorization_code" if "authorization_code" in taken else "refresh_token"
        grant_type = params.get("grant_type", default)
        if grant_type not in taken:
            text = "this address does not take the grant_type"
            raise Refused("unsupported_grant_type", "parameters", text)
        return grant_type

    def _answer(
        self, incoming: Incoming, client: str, params: Mapping[str, str], grant_type: str
    ) -> Mapping[str, Any]:
        rules = self.rules.token
        is_refresh = grant_type == "refresh_token"
        check_names(params, rules.refresh_params if is_refresh else self._exchange_names())
        error = rules.check and call("token.check", (str, NoneType), rules.check, params)
        if error:
            reason: Reason = "scope" if error == "invalid_scope" else "parameters"
            raise Refused(error, reason, "the parameters do not go together")
        if is_refresh:
            address = rules.refresh_address or rules.address
            return self._refresh(client, params, tenant_in(address, incoming.address) or "")
        return self._exchange(client, params, tenant_in(rules.address, incoming.address) or "")

    def _exchange_names(self) -> frozenset[str]:
        names, pkce = self.rules.token.exchange_params, self.rules.authorize.pkce
        if pkce == "refused":
            return names - _VERIFIER_NAMES
        if pkce == "ignored":
            return (names - _VERIFIER_NAMES) | {"code_verifier?"}
        return names

    def _exchange(self, client: str, params: Mapping[str, str], tenant: str) -> Mapping[str, Any]:
        code = self.ledger.codes.get(params["code"])
        if code is None or (code.provider, code.tenant, code.params["client_id"]) != (
            self.rules.name,
            tenant,
            client,
        ):
            raise Refused("invalid_grant", "code_unknown", "the code is not known here")
        if code.grant is not None:
            # RFC 6749 4.1.2: a code that comes twice was stolen.
            self.ledger.revoke(self.ledger.grants[code.grant], whole_account=False)
            text = "the code was used before; its grant is revoked"
            raise Refused("invalid_grant", "code_used", text)
        if code.expires_at <= self.ledger.now():
            raise Refused("invalid_grant", "code_expired", "the code is expired")
        if "redirect_uri" in params and params["redirect_uri"] != code.redirect_uri:
            text = "redirect_uri differs from the authorization request's"
            raise Refused("invalid_grant", "redirect_uri", text)
        self._check_verifier(code, params.get("code_verifier"))
        scopes = self._narrowed(params, code.scopes)
        return self.issuing.exchange(code, params, scopes)

    def _check_verifier(self, code: Code, verifier: str | None) -> None:
        if self.rules.authorize.pkce not in {"required", "verified"}:
            return
        if code.challenge is None:
            if verifier is not None:
                # RFC 9700 2.1.1: else an attacker could strip the challenge from the request.
                text = "there was no code_challenge for this code_verifier"
                raise Refused("invalid_grant", "verifier", text)
            return
        if not _VERIFIER.fullmatch(verifier or "") or _challenge(verifier or "") != code.challenge:
            raise Refused("invalid_grant", "verifier", "the code_verifier does not match")

    def _refresh(self, client: str, params: Mapping[str, str], tenant: str) -> Mapping[str, Any]:
        token = params["refresh_token"]
        stored = self.ledger.refresh_tokens.get(token)
        grant = self.ledger.grants.get(stored.grant) if stored else None
        if (
            stored is None
            or grant is None
            or (grant.provider, grant.tenant) != (self.rules.name, tenant)
            or grant.client not in {"", client}
        ):
            text = "the refresh token is not known here"
            raise Refused("invalid_grant", "refresh_token_unknown", text)
        if grant.revoked:
            raise Refused("invalid_grant", "grant_revoked", "the grant is revoked")
        early, ends = self.rules.grant.refresh_from_seconds, self.ledger.newest_end(grant.id)
        if early is not None and ends is not None and self.ledger.now() < ends - early:
            text = f"the access token lives longer than {early} seconds"
            raise Refused("invalid_request", "parameters", text)
        if stored.used and not self._may_be_replayed(stored):
            # RFC 9700 4.14.2: a reused refresh token means that one of two holders is a thief.
            self._end(grant)
        return self.issuing.refresh(grant, token, stored, self._narrowed(params, grant.scopes))

    def _may_be_replayed(self, stored: RefreshToken) -> bool:
        rules = self.rules.grant
        return (
            rules.rotation == "replay"
            and stored.replaced_by is not None
            and stored.used_at is not None
            and self.ledger.now() < stored.used_at + rules.grace_seconds
        )

    def _end(self, grant: Grant) -> None:
        self.ledger.revoke(grant, whole_account=False)
        text = "the refresh token was used before; the grant is revoked"
        raise Refused("invalid_grant", "refresh_token_used", text)

    def _narrowed(self, params: Mapping[str, str], granted: list[str]) -> list[str] | None:
        """The scopes that the request limits itself to (RFC 6749 6), ``None`` if it does not."""
        separator = self.rules.authorize.scope_separator
        if "scope" not in params or separator is None:
            return None
        scopes = list(split_scopes(params["scope"], separator))
        if more := [scope for scope in scopes if scope not in granted]:
            raise Refused("invalid_scope", "scope", f"not granted: {more[0]!r}")
        return scopes


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
