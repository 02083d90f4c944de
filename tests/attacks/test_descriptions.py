"""Requests that a connector's description can and cannot make, over the whole catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.environment import variable
from connectors.errors import ConfigError
from connectors.sandbox import SimulatedProvider
from connectors.secret import Secret
from gateway.engine.authorize import authorization_url, new_code_verifier, new_state
from gateway.engine.token_request import exchange_request, refresh_request
from tests.support.configs import WITH_OAUTH

NO_PKCE = {"linkedin", "slack", "square", "tiktok", "typeform"}
"""Connectors without PKCE. The validator requires the reason in their header."""

NO_RESPONSE_TYPE = {"intercom", "shopify", "square", "clickup", "github", "todoist"}
"""Connectors whose protocol knows only codes, without a ``response_type``."""

URI = "https://gateway.example.com/v1/connectors/x/callback"


def described(name: str) -> ConnectorConfig:
    """Return a connector with its simulated app's credentials."""
    provider: SimulatedProvider = Catalog({}).sandbox_module(name).PROVIDER
    env = {
        variable(name, "CLIENT_ID"): provider.client_id,
        variable(name, "CLIENT_SECRET"): provider.client_secret,
    }
    return Catalog(env).oauth(name)


TOKENS_IN_QUERIES = {"facebook", "instagram", "threads", "whatsapp"}
"""The provider renews a long-lived token by GET, with the token as a parameter."""


@pytest.mark.requirement("A12", "A20")
@pytest.mark.parametrize("name", WITH_OAUTH)
def test_every_connector_asks_for_a_code_and_trades_nothing_else(name: str) -> None:
    """There is no implicit or password grant, PKCE is S256, and tokens travel in headers only."""
    config, verifier = described(name), new_code_verifier()
    url = authorization_url(
        config,
        endpoint="https://provider.example/authorize",
        redirect_uri=URI,
        state=new_state(),
        verifier=verifier,
    )
    asked = parse_qs(urlsplit(url).query)
    assert asked.get("response_type") == (None if name in NO_RESPONSE_TYPE else ["code"])
    assert "response_mode" not in asked
    assert asked.get("code_challenge_method") == (None if name in NO_PKCE else ["S256"])
    assert verifier.reveal() not in url

    exchange = exchange_request(
        config,
        endpoint="https://provider.example/token",
        code=Secret("the-code"),
        redirect_uri=URI,
        verifier=verifier,
    )
    refresh = refresh_request(
        config, endpoint="https://provider.example/token", refresh_token=Secret("the-refresh-token")
    )
    for request in (exchange, refresh):
        address, query, _ = request.url.partition("?")
        assert address == "https://provider.example/token"
        assert not query or (request is refresh and name in TOKENS_IN_QUERIES)
        assert b"password" not in request.content
        assert b"implicit" not in request.content
    assert "access_token" not in config.api_base_url
    assert any("${access_token}" in value for value in config.api_headers.values())


LEGACY: list[dict[str, Any]] = [
    {"extra_authorize_params": {"response_type": "token"}},
    {"extra_authorize_params": {"response_mode": "fragment"}},
    {"extra_authorize_params": {"response_mode": "form_post"}},
    {"extra_authorize_params": {"redirect_uri": "myapp://callback"}},
    {"extra_authorize_params": {"code_challenge_method": "plain"}},
    {"extra_token_params": {"grant_type": "password"}},
    {"scope_param": "state"},
    {"omit_authorize_params": frozenset({"state"})},
    {"omit_authorize_params": frozenset({"redirect_uri"})},
    {"omit_token_params": frozenset({"code_verifier"})},
    {"authorization_method": "query"},
    {"api_headers": {"X-Nothing": "constant"}},
    {"api_base_url": "https://api.provider.example/?access_token=${access_token}"},
    {"token_url": "http://provider.example/token"},
]


@pytest.mark.requirement("A12", "A20")
@pytest.mark.parametrize("change", LEGACY, ids=str)
def test_no_description_can_bring_a_legacy_grant_back(change: dict[str, Any]) -> None:
    """No connector can set, omit or rename a parameter of the engine."""
    with pytest.raises(ConfigError) as refused:
        replace(described("linear"), **change)
    assert next(iter(change)) in str(refused.value)
