"""Rules that hold for every description of a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from connectors.hosts import tenants_of
from connectors.provider import Endpoint, Reason, SimulatedProvider
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Refused, refusal
from tests.support.simulation import PROVIDERS, Toy

every_provider = pytest.mark.parametrize(
    "provider",
    [each for each in PROVIDERS if isinstance(each, SimulatedProvider)],
    ids=lambda provider: provider.name,
)


def host_fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and host != pattern[2:]
    return host == pattern


@every_provider
def test_its_api_is_on_hosts_that_take_its_tokens(provider: SimulatedProvider) -> None:
    assert provider.api_hosts
    for api in provider.api:
        host = api.address.partition("/")[0]
        assert any(host_fits(host, pattern) for pattern in provider.api_hosts), host


@every_provider
def test_its_endpoints_are_told_apart(provider: SimulatedProvider) -> None:
    toy, simulation = Toy(), ProviderSimulation(provider, Ledger(), "")
    places = [("authorize", "GET", provider.authorize.address)]
    places.append(("token", "POST", provider.token.address))
    if provider.token.refresh_address is not None:
        places.append(("token", "POST", provider.token.refresh_address))
    if provider.revoke is not None:
        places.append(("revoke", provider.revoke.method, provider.revoke.address))
    if provider.introspect is not None:
        places.append(("introspect", "POST", provider.introspect.address))
    places += [("api", api.method, api.address) for api in provider.api]
    for endpoint, method, address in places:
        where, _, path = address.replace("{tenant}", "acme").partition("/")
        host = next((one for _, one in tenants_of(where)), where).replace("*", "some")
        request = toy.request(method, path.replace("*", "some"), host=host)
        assert simulation.endpoint(request) == endpoint, address
        assert any(host_fits(request.host, known) for known in provider.hosts())


@every_provider
def test_scopes_and_parameters_of_a_provider_are_complete(provider: SimulatedProvider) -> None:
    rules = provider.authorize
    assert bool(rules.known_scopes) == (rules.scope_separator is not None)
    assert "code" in provider.token.exchange_params
    is_refreshed = provider.grant.rotation != "never" and provider.long_lived is None
    assert ("refresh_token" in provider.token.refresh_params) == is_refreshed
    if provider.revoke is not None and provider.revoke.token == "account":
        for account in provider.accounts:
            assert provider.revoke.account_param in account.facts


@every_provider
def test_it_has_an_answer_to_every_refusal(provider: SimulatedProvider) -> None:
    for endpoint in get_args(Endpoint):
        for reason in get_args(Reason):
            refused = Refused("invalid_request", reason, "some description")
            answer = refusal(provider, endpoint, refused)
            assert isinstance(answer.body, Mapping), (endpoint, reason)
            assert answer.body, (endpoint, reason)
            assert answer.status >= 400 or {"ok", "error"} & answer.body.keys(), (endpoint, reason)
