"""The authorization endpoint (RFC 6749 3.1): what the app asks for, and what the person answers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from connectors.provider import FictionalAccount, SimulatedProvider
from gateway.sandbox.credentials import account_of
from gateway.sandbox.functions import call
from gateway.sandbox.ledger import Code, Ledger
from gateway.sandbox.wire import Incoming, Refused, split_scopes, standard_names, tenant_in, unique

# response_type is not among them: a provider that wants it requires it, and one does not know it.
_PROTOCOL = frozenset({"client_id", "redirect_uri", "state"})
_PKCE = frozenset({"code_challenge", "code_challenge_method"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""The SHA-256 of a verifier in base64url (RFC 7636 4.2)."""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """An authorization request that is in order and waits for the person.

    ``accounts`` are those that the person is offered.
    """

    provider: SimulatedProvider
    tenant: str
    params: Mapping[str, str]
    scopes: tuple[str, ...]
    accounts: tuple[FictionalAccount, ...]


class AuthorizationEndpoint:
    """Checks authorization requests, and issues codes.

    ``redirect_uri`` is the only one that the app has registered.
    """

    def __init__(self, rules: SimulatedProvider, ledger: Ledger, redirect_uri: str) -> None:
        self.rules = rules
        self.ledger = ledger
        self.redirect_uri = redirect_uri

    def authorize(self, incoming: Incoming) -> Consent:
        """Check an authorization request; raises ``Refused``."""
        rules = self.rules.authorize
        params = unique(parse_qsl(incoming.query, keep_blank_values=True))
        params = standard_names(params, rules.names)
        if params.get("client_id") != self._app(params).client_id:
            raise Refused("invalid_client", "client", "no app has this client_id")
        if params.get("redirect_uri") != self.redirect_uri:
            text = f"register {params.get('redirect_uri')} first"
            raise Refused("redirect_uri_mismatch", "redirect_uri", text)
        if unknown := params.keys() - self._known():
            text = f"unknown parameters: {', '.join(sorted(unknown))}"
            raise Refused("invalid_request", "parameters", text)
        for name, value in rules.required.items():
            if name not in params or value not in {None, params[name]}:
                text = f"{name} must be {value or 'present'}"
                raise Refused("invalid_request", "parameters", text)
        if not params.get("state"):
            raise Refused("invalid_request", "parameters", "state is missing")
        self._check_challenge(params)
        tenant = tenant_in(rules.address, incoming.address) or ""
        return Consent(
            provider=self.rules,
            tenant=tenant,
            params=params,
            scopes=self._scopes(params),
            accounts=self._offered(params, tenant),
        )

    def approve(
        self, consent: Consent, account_key: str, refused: Collection[str] = ()
    ) -> dict[str, str]:
        """The callback's parameters after the person chose an account; raises ``Refused``.

        The scopes in ``refused`` are not granted.
        """
        if account_key not in {account.key for account in consent.accounts}:
            raise Refused("invalid_request", "parameters", self._not_offered(consent, account_key))
        client = consent.params["client_id"]
        earlier = self.ledger.living_grants(self.rules.name, consent.tenant, account_key, client)
        code = f"code-{secrets.token_urlsafe(24)}"
        self.ledger.codes[code] = Code(
            provider=self.rules.name,
            tenant=consent.tenant,
            account=account_key,
            scopes=[scope for scope in consent.scopes if scope not in refused],
            redirect_uri=consent.params["redirect_uri"],
            challenge=consent.params.get("code_challenge"),
            params=dict(consent.params),
            consented_before=bool(earlier),
            expires_at=self.ledger.now() + self.rules.token.code_seconds,
        )
        self.ledger.note(self.rules.name, "authorize", "approved", account=account_key)
        rules, facts = self.rules.authorize, account_of(self.rules, account_key).facts
        more = {name: facts[fact] for name, fact in rules.callback.items()}
        params = {rules.code_param: code, "state": consent.params["state"], **more}
        return self._callback(consent, params)

    def deny(self, consent: Consent) -> dict[str, str]:
        """The callback's parameters after the person declined."""
        self.ledger.note(self.rules.name, "authorize", "denied")
        return self._callback(consent, {"error": "access_denied", "state": consent.params["state"]})

    def _app(self, params: Mapping[str, str]) -> SimulatedProvider:
        return self.ledger.seen_by(self.rules, [params.get("client_id")])

    def _known(self) -> frozenset[str]:
        rules = self.rules.authorize
        scope = frozenset() if rules.scope_separator is None else frozenset({rules.scope_param})
        pkce = frozenset() if rules.pkce == "refused" else _PKCE
        return _PROTOCOL | scope | pkce | rules.params | rules.required.keys()

    def _check_challenge(self, params: Mapping[str, str]) -> None:
        pkce = self.rules.authorize.pkce
        if pkce not in {"required", "verified"} or (
            pkce == "verified" and not _PKCE & params.keys()
        ):
            return
        # Without a method the challenge would be a plain one (RFC 7636 4.3).
        if params.get("code_challenge_method") != "S256":
            raise Refused("invalid_request", "verifier", "code_challenge_method must be S256")
        if _CHALLENGE.fullmatch(params.get("code_challenge", "")) is None:
            raise Refused("invalid_request", "verifier", "code_challenge is missing or malformed")

    def _scopes(self, params: Mapping[str, str]) -> tuple[str, ...]:
        rules = self.rules.authorize
        if rules.scope_separator is None:
            return ()
        scopes = split_scopes(params.get(rules.scope_param, ""), rules.scope_separator)
        if unknown := [scope for scope in scopes if scope not in rules.known_scopes]:
            raise Refused("invalid_scope", "scope", f"unknown scope: {unknown[0]!r}")
        return scopes

    def _offered(self, params: Mapping[str, str], tenant: str) -> tuple[FictionalAccount, ...]:
        choice = self.rules.authorize.account_choice
        if choice.items() <= params.items():
            return self.rules.accounts
        living = self.ledger.living_grants(self.rules.name, tenant, client=params["client_id"])
        if not living:
            return self.rules.accounts
        used_last = living[-1].account
        return tuple(account for account in self.rules.accounts if account.key == used_last)

    def _not_offered(self, consent: Consent, account_key: str) -> str:
        keys = ", ".join(account.key for account in consent.accounts)
        text = f"this account was not offered: {account_key!r} is not among the accounts {keys}"
        if account_key in {account.key for account in self.rules.accounts}:
            wanted = ", ".join(self.rules.authorize.account_choice)
            text += f" (a person who consented before is asked again only with {wanted})"
        return text

    def _callback(self, consent: Consent, params: dict[str, str]) -> dict[str, str]:
        if self.rules.authorize.issuer is not None:
            params |= {"iss": self.rules.authorize.issuer.replace("{tenant}", consent.tenant)}
        if self.rules.sign_callback is None:
            return params
        now = datetime.fromtimestamp(self.ledger.now(), UTC)
        sign, secret = self.rules.sign_callback, self._app(consent.params).client_secret
        return call("sign_callback", dict, sign, params, consent.tenant, secret, now)
