"""Issue tokens for a code or a refresh token, and end earlier ones."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import Any

from connectors.provider import IssuedTokens, SimulatedProvider
from connectors.rfc6749 import unsigned_jwt
from gateway.sandbox.credentials import account_of
from gateway.sandbox.functions import call
from gateway.sandbox.ledger import AccessToken, Code, Grant, Ledger, RefreshToken

_ONCE = frozenset({"code", "code_verifier", "client_secret"})
"""Parameters of one exchange that the grant does not keep."""


class Issuing:
    """Issues tokens by the provider's ``GrantRules``.

    ``access_token_seconds`` overrides the life of tokens issued from now on. The answers are in the
    provider's own shape.
    """

    def __init__(self, rules: SimulatedProvider, ledger: Ledger) -> None:
        self.rules = rules
        self.ledger = ledger
        self.access_token_seconds: int | None = None

    def exchange(
        self, code: Code, params: Mapping[str, str], scopes: list[str] | None
    ) -> Mapping[str, Any]:
        """The answer for a code that is in order; the code is used up."""
        rules = self.rules.grant
        grant = self.ledger.shared_grant(code) if rules.shared else self.ledger.new_grant(code)
        merged = code.params | dict(params)
        grant.params = {name: value for name, value in merged.items() if name not in _ONCE}
        refresh_token = None
        if call("grant.offline", object, rules.offline, merged, code.consented_before):
            current = self.ledger.current_refresh_token(grant) if rules.shared else None
            refresh_token = current or self._new_refresh_token(grant)
        return self._issue(grant, refresh_token, scopes=scopes)

    def refresh(
        self, grant: Grant, token: str, stored: RefreshToken, scopes: list[str] | None
    ) -> Mapping[str, Any]:
        """The answer for a valid refresh token, which ``rotation`` may end."""
        rules = self.rules.grant
        if rules.extends is not None:
            self._extend(grant)
            return rules.extends
        if rules.ends_access_token:
            self.ledger.end_access_tokens(grant)
        if rules.rotation == "none":
            return self._issue(grant, token, scopes=scopes, is_refresh=True)
        if stored.used and stored.replaced_by is not None:
            # Within the grace of ``replay``: the caller checked that.
            return self._issue(grant, stored.replaced_by, scopes=scopes, is_refresh=True)
        successor = self._new_refresh_token(grant)
        if rules.rotation in {"strict", "replay"}:
            stored.used, stored.used_at = True, self.ledger.now()
            stored.replaced_by = successor
        retires = token if rules.rotation == "until_used" else None
        return self._issue(grant, successor, scopes=scopes, retires=retires, is_refresh=True)

    def long_lived(
        self, grant: Grant, scopes: list[str] | None, seconds: int | None, *, is_renewal: bool
    ) -> Mapping[str, Any]:
        """The answer with a long-lived token, which is its own refresh token."""
        answer = self._issue(
            grant, None, scopes=scopes, is_refresh=is_renewal, seconds=lambda params: seconds
        )
        self.ledger.refresh_tokens[[*self.ledger.access_tokens][-1]] = RefreshToken(grant=grant.id)
        return answer

    def _extend(self, grant: Grant) -> None:
        """Let the newest access token live as long again as it is issued for."""
        _, seconds = self._lives(self.rules.grant.expires, grant)
        tokens = [token for token in self.ledger.access_tokens.values() if token.grant == grant.id]
        tokens[-1].expires_at = None if seconds is None else self.ledger.now() + seconds

    def _lives(
        self, rule: Callable[..., int | None], grant: Grant
    ) -> tuple[int | None, int | None]:
        """The life that a token's answer tells, and the one that it has."""
        seconds = call("grant.expires", (int, NoneType), rule, grant.params)
        lifetime = seconds if self.access_token_seconds is None else self.access_token_seconds
        return None if seconds is None else lifetime, lifetime

    def _issue(
        self,
        grant: Grant,
        refresh_token: str | None,
        *,
        scopes: list[str] | None,
        retires: str | None = None,
        is_refresh: bool = False,
        seconds: Callable[..., int | None] | None = None,
    ) -> Mapping[str, Any]:
        told, lifetime = self._lives(seconds or self.rules.grant.expires, grant)
        account = account_of(self.rules, grant.account)
        access_token = self.rules.grant.access_token_prefix + secrets.token_hex(24)
        if self.rules.grant.claims is not None:
            claims = call("grant.claims", Mapping, self.rules.grant.claims, account)
            access_token = unsigned_jwt(claims, signature=access_token)
        self.ledger.access_tokens[access_token] = AccessToken(
            grant=grant.id,
            expires_at=None if lifetime is None else self.ledger.now() + lifetime,
            retires=retires,
            scopes=scopes,
        )
        issued = IssuedTokens(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_in=told,
            scopes=tuple(grant.scopes if scopes is None else scopes),
            account=account,
            tenant=grant.tenant,
            params=grant.params,
            is_refresh=is_refresh,
            issued_at=datetime.fromtimestamp(self.ledger.now(), UTC),
        )
        return call("token_answer", Mapping, self.rules.token_answer, issued)

    def _new_refresh_token(self, grant: Grant) -> str:
        token = self.rules.grant.refresh_token_prefix + secrets.token_hex(24)
        self.ledger.refresh_tokens[token] = RefreshToken(grant=grant.id)
        return token
