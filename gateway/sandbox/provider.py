"""One simulated provider, run from its description: every rule is checked, none is bent.

The methods take plain values and return plain answers; ``gateway.sandbox.app`` speaks HTTP. Each
endpoint has its own module, and this is their common front.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import Endpoint, SimulatedProvider
from connectors.simulated_api import SimulatedApi
from gateway.sandbox.api import ApiEndpoints
from gateway.sandbox.authorization import AuthorizationEndpoint, Consent
from gateway.sandbox.issuing import Issuing
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.long_lived import LongLivedEndpoint
from gateway.sandbox.operations import Operations
from gateway.sandbox.revocation import RevocationEndpoint
from gateway.sandbox.token import TokenEndpoint
from gateway.sandbox.wire import NOT_FOUND, Incoming, Outcome, matches


class ProviderSimulation:
    """Runs one ``SimulatedProvider`` on a ledger.

    ``redirect_uri`` is the only one that the app has registered.
    """

    def __init__(
        self,
        rules: SimulatedProvider,
        ledger: Ledger,
        redirect_uri: str,
        api: SimulatedApi | None = None,
    ) -> None:
        self.rules = rules
        self.ledger = ledger
        self.redirect_uri = redirect_uri
        self._issuing = Issuing(rules, ledger)
        self._authorization = AuthorizationEndpoint(rules, ledger, redirect_uri)
        self._token = TokenEndpoint(rules, ledger, self._issuing)
        self._long_lived = LongLivedEndpoint(rules, ledger, self._issuing)
        self._revocation = RevocationEndpoint(rules, ledger)
        self.operations = None if api is None else Operations(api, ledger, rules.api)
        self._api = ApiEndpoints(rules, ledger, self.operations)
        keyed = None if rules.keys is None else KeySimulation(rules, ledger, self.operations)
        self.keys = keyed

    @property
    def access_token_seconds(self) -> int | None:
        """How long access tokens issued from now on live; ``None``: as the provider says."""
        return self._issuing.access_token_seconds

    @access_token_seconds.setter
    def access_token_seconds(self, seconds: int | None) -> None:
        self._issuing.access_token_seconds = seconds

    def endpoint(self, incoming: Incoming) -> Endpoint | Literal["authorize", "exchange"] | None:
        """Which endpoint the request is for; ``places`` lists them for people."""
        rules = self.rules
        if self.keys is not None and self.keys.endpoint(incoming) == "exchange":
            return "exchange"
        places: list[tuple[Endpoint | Literal["authorize"], str, str]] = [
            ("authorize", "GET", rules.authorize.address),
            ("token", "POST", rules.token.address),
        ]
        if rules.token.refresh_address is not None:
            places.append(("token", "POST", rules.token.refresh_address))
        if rules.long_lived is not None:
            places.append(("token", "GET", rules.long_lived.exchange))
            places.append(("token", "GET", rules.long_lived.renew))
        if rules.revoke is not None:
            places.append(("revoke", rules.revoke.method, rules.revoke.address))
        if rules.introspect is not None:
            places.append(("introspect", "POST", rules.introspect.address))
        for endpoint, method, address in places:
            if incoming.method == method and matches(address, incoming.address):
                return endpoint
        if self.operations is not None and self.operations.knows(incoming):
            return "api"
        return "api" if any(matches(api.address, incoming.address) for api in rules.api) else None

    def knows(self, incoming: Incoming) -> bool:
        """Whether the request names this provider's app, or a token that it issued."""
        text = " ".join(
            (incoming.query, incoming.body.decode("latin-1"), *incoming.headers.values())
        )
        words = {*re.findall(r"[\w.~-]+", text)}
        tokens = self.ledger.access_tokens | self.ledger.refresh_tokens
        owners = {self.ledger.grants[tokens[word].grant].provider for word in words & tokens.keys()}
        return self.rules.client_id in words or self.rules.name in owners

    def places(self) -> str:
        """Every address that the sandbox file has, in words."""
        return ", ".join(f"{address} ({field})" for field, address in self.rules.addresses())

    def authorize(self, incoming: Incoming) -> Consent:
        """Check an authorization request; raises ``Refused``."""
        return self._authorization.authorize(incoming)

    def approve(
        self, consent: Consent, account_key: str, refused: Collection[str] = ()
    ) -> dict[str, str]:
        """The callback's parameters after the person chose an account; raises ``Refused``.

        The scopes in ``refused`` are not granted.
        """
        return self._authorization.approve(consent, account_key, refused)

    def deny(self, consent: Consent) -> dict[str, str]:
        """The callback's parameters after the person declined."""
        return self._authorization.deny(consent)

    def token(self, incoming: Incoming) -> Outcome:
        """Answer a token request; a GET request is about a long-lived token."""
        endpoint = self._long_lived if incoming.method == "GET" else self._token
        return endpoint.token(incoming)

    def revoke(self, incoming: Incoming) -> Outcome:
        """Answer a revocation request."""
        return self._revocation.revoke(incoming)

    def introspect(self, incoming: Incoming) -> Outcome:
        """Answer an introspection request."""
        return self._api.introspect(incoming)

    def api(self, incoming: Incoming) -> Outcome:
        """Answer an API call, with a token or a key.

        A credential that is neither gets the answer to a wrong token, unless keys have their own.
        """
        keys, header = self.keys, self.rules.api_auth[0]
        is_key = keys is not None and (
            keys.takes(incoming)
            or (keys.keys.refusal is not None and header not in incoming.headers)
        )
        return keys.api(incoming) if keys is not None and is_key else self._api.api(incoming)

    def exchange(self, incoming: Incoming) -> Outcome:
        """Answer a request that exchanges pasted values for a token."""
        return NOT_FOUND if self.keys is None else self.keys.exchange(incoming)


Simulation = ProviderSimulation | KeySimulation
"""A simulated provider of either kind."""


def simulation_of(
    rules: SimulatedProvider | SimulatedKeyProvider,
    ledger: Ledger,
    redirect_uri: str,
    api: SimulatedApi | None = None,
) -> Simulation:
    """Return the simulation of a provider. ``redirect_uri`` is the only registered one."""
    if isinstance(rules, SimulatedKeyProvider):
        operations = None if api is None else Operations(api, ledger, rules.api)
        return KeySimulation(rules, ledger, operations)
    return ProviderSimulation(rules, ledger, redirect_uri, api)


def hosts_of(simulation: Simulation) -> frozenset[str]:
    """Return every host of a simulated provider; ``*`` for one label that varies."""
    operations = simulation.operations
    return simulation.rules.hosts() | (frozenset() if operations is None else operations.hosts())
