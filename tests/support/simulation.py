"""A toy provider with any rules, asked with plain values: no network, no gateway, no clock."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import connectors.sandbox
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)
from gateway.sandbox.authorization import Consent
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming, Outcome

PROVIDERS: list[SimulatedProvider | SimulatedKeyProvider] = [
    importlib.import_module(f"connectors.sandbox.{module.name}").PROVIDER
    for module in pkgutil.iter_modules(connectors.sandbox.__path__)
    if not module.ispkg
]
"""The simulated providers of the package."""

REDIRECT_URI = "http://localhost:3141/v1/connectors/toy/callback"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
S256 = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
FORM = "application/x-www-form-urlencoded"


def token_answer(issued: IssuedTokens) -> dict[str, Any]:
    """Everything that a token request led to, for the tests to see."""
    return {
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "expires_in": issued.expires_in,
        "scopes": list(issued.scopes),
        "account": issued.account.key,
        "params": dict(issued.params),
    }


def _me(call: ApiCall) -> dict[str, Any]:
    return {
        "account": call.account.key,
        "tenant": call.tenant,
        "scopes": list(call.scopes),
        "json": call.json,
    }


TOY = SimulatedProvider(
    name="toy",
    display_name="Toy",
    client_id="toy-client",
    client_secret="toy secret:%",
    accounts=(
        FictionalAccount(key="ana", label="Ana", facts={"account_id": "acct_ana"}),
        FictionalAccount(key="ben", label="Ben", facts={"account_id": "acct_ben"}),
    ),
    authorize=AuthorizeRules(
        address="toy.example/authorize", known_scopes=frozenset({"read", "write"})
    ),
    token=TokenRules(
        address="toy.example/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="at-",
        refresh_token_prefix="rt-",
        expires=lambda params: 3600,
        offline=lambda params, consented_before: True,
        rotation="none",
    ),
    revoke=RevokeRules(address="toy.example/revoke"),
    api=(
        ApiRules(address="toy.example/api/me", answer=_me),
        ApiRules(address="toy.example/api/me", answer=_me, method="POST"),
    ),
    api_hosts=frozenset({"toy.example"}),
    token_answer=token_answer,
)


class Toy:
    """The toy provider, as an app and its person meet it. ``changes`` are rules by their part.

    ``now`` is the provider's clock, in epoch seconds.
    """

    def __init__(self, ledger: Ledger | None = None, **changes: Any) -> None:
        parts = {
            part: replace(getattr(TOY, part), **change) if isinstance(change, dict) else change
            for part, change in changes.items()
        }
        rules = replace(TOY, **parts)
        self.now = 1_800_000_000.0
        self.ledger = ledger or Ledger()
        self.ledger.now = lambda: self.now
        self.rules = rules
        self.simulation = ProviderSimulation(rules, self.ledger, REDIRECT_URI)

    def authorize(self, *without: str, **params: str) -> Consent:
        """An authorization request in order, but for what is named; raises ``Refused``."""
        query = {
            "response_type": "code",
            "client_id": self.rules.client_id,
            "redirect_uri": REDIRECT_URI,
            "state": "some-state",
            "scope": "read",
        } | params
        query = {name: value for name, value in query.items() if name not in without}
        return self.simulation.authorize(self.request("GET", "authorize", query=urlencode(query)))

    def code(self, account: str = "ana", **params: str) -> str:
        """A code for an account that was approved."""
        return self.simulation.approve(self.authorize(**params), account)["code"]

    def exchange(self, code: str, *without: str, **params: str) -> Outcome:
        """The answer to a code exchange in order, but for what is named."""
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        return self._token(body, without, params)

    def refresh(self, token: str, *without: str, path: str = "token", **params: str) -> Outcome:
        """The answer to a refresh in order, but for what is named."""
        body = {"grant_type": "refresh_token", "refresh_token": token}
        return self._token(body, without, params, path)

    def connect(self, account: str = "ana", **params: str) -> dict[str, Any]:
        """The answer to the exchange of a code that was just issued."""
        return body_of(self.exchange(self.code(account, **params)))

    def api(self, token: str, method: str = "GET", path: str = "api/me", **more: Any) -> Outcome:
        """The answer to an API call with this token."""
        headers = {"authorization": f"Bearer {token}"} | more.pop("headers", {})
        return self.simulation.api(self.request(method, path, headers=headers, **more))

    def works(self, token: str) -> bool:
        """Whether the API takes an access token."""
        return self.api(token).status == 200

    def ask(
        self,
        answer: Callable[[Incoming], Outcome],
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        *,
        as_json: bool = False,
    ) -> Outcome:
        """Post a body to an endpoint (``toy.simulation.token`` …)."""
        data = json.dumps(body) if as_json else urlencode(body)
        kind = {"content-type": "application/json" if as_json else FORM}
        headers = kind | dict(headers or {})
        return answer(self.request("POST", path, headers=headers, body=data.encode()))

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        host: str = "toy.example",
    ) -> Incoming:
        """A request to the provider."""
        return Incoming(
            method=method, host=host, path=f"/{path}", query=query, headers=headers or {}, body=body
        )

    @property
    def credentials(self) -> dict[str, str]:
        """The app's own, as body parameters."""
        return {"client_id": self.rules.client_id, "client_secret": self.rules.client_secret}

    def _token(
        self,
        body: Mapping[str, str],
        without: tuple[str, ...],
        params: Mapping[str, str],
        path: str = "token",
    ) -> Outcome:
        wanted = {k: v for k, v in {**body, **params}.items() if k not in without}
        return self.ask(self.simulation.token, path, wanted | self.credentials)


def body_of(outcome: Outcome, status: int = 200) -> dict[str, Any]:
    """The body of an answer of this status."""
    assert outcome.status == status, outcome
    assert isinstance(outcome.body, Mapping)
    return dict(outcome.body)


def refusal_of(outcome: Outcome, status: int = 400) -> str:
    """The error code of a refusal of this status."""
    error = body_of(outcome, status)["error"]
    assert isinstance(error, str)
    return error


def basic(user: str, password: str) -> dict[str, str]:
    """The header of Basic authentication."""
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"authorization": f"Basic {text}"}
