"""What a provider may want of the two token requests: each against a provider that wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.sandbox import IssuedTokens
from connectors.secret import Secret
from gateway.errors import GatewayError
from gateway.store.mongo import Database
from gateway.testing.subject import ContractViolation
from tests.support.invented import invented, whole_life

_REFRESH = {"grant_type", "refresh_token"}


def _scope_is_named(params: Mapping[str, str]) -> str | None:
    wanted = "grant_type" in params and params["grant_type"] == "refresh_token"
    return "invalid_scope" if wanted and params.get("scope") != "read write" else None


def _renamed(issued: IssuedTokens) -> dict[str, Any]:
    return {"data": {"renewal": issued.refresh_token, "life": issued.expires_in}}


ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "constants of the refresh, the scope among them": (
        {"extra_refresh_params": {"scope": "read write", "audience": "api"}},
        {"refresh_params": {*_REFRESH, "scope", "audience"}, "check": _scope_is_named},
    ),
    "other names of standard parameters": (
        {"param_names": {"client_id": "client_key", "client_secret": "secret", "code": "a_code"}},
        {"names": {"client_key": "client_id", "secret": "client_secret", "a_code": "code"}},
    ),
    "another name of the redirect URI": (
        {"param_names": {"redirect_uri": "redirect_url"}},
        {"names": {"redirect_url": "redirect_uri"}},
    ),
    "a query at the token address": (
        {"token_query": {"subscription-key": "k 1"}},
        {"query": {"subscription-key": "k 1"}},
    ),
    "a query at the refresh": (
        {"refresh_query": {"refresh": ""}},
        {"refresh_query": {"refresh": ""}},
    ),
    "the code under another name": ({"code_param": "oauth_code"}, {"code_param": "oauth_code"}),
    "another response type": (
        {"response_type": "auth_code"},
        {"required": {"response_type": "auth_code"}},
    ),
    "other places in the token answer": (
        {"token_paths": {"refresh_token": "data.renewal", "expires_in": "data.life"}},
        {"answer": _renamed, "answer_without": ("refresh_token", "expires_in")},
    ),
    "a Basic header without the encoding": (
        {"authorization_method": "header_raw"},
        {"client_auth": "basic_raw"},
    ),
    "a client without a secret": (
        {"authorization_method": "none", "client_secret": Secret("")},
        {"client_auth": "public"},
    ),
}
"""The fields of a connector, and the rules of the provider that wants them."""
NEEDLESS = {"other places in the token answer"}
"""The provider's rules change its answer alone, so a connector of the standard reads another."""


@pytest.mark.parametrize("name", ROWS)
async def test_a_connection_lives_from_its_beginning_to_its_end(
    workplace: Database, name: str
) -> None:
    config, rules = ROWS[name]
    await whole_life(invented(config, rules), workplace)


@pytest.mark.parametrize("name", ROWS)
async def test_without_the_field_the_provider_refuses(workplace: Database, name: str) -> None:
    _, rules = ROWS[name]
    plain = {"client_secret": Secret("none")} if rules.get("client_auth") == "public" else {}
    with pytest.raises((GatewayError, ContractViolation, AssertionError)):
        await whole_life(invented(plain, rules), workplace)


@pytest.mark.parametrize("name", sorted(ROWS.keys() - NEEDLESS))
async def test_a_provider_of_the_standard_refuses_the_field(workplace: Database, name: str) -> None:
    config, _ = ROWS[name]
    is_public = config.get("authorization_method") == "none"
    own = {"client_id": "sandbox-acme-client"} if is_public else {}
    with pytest.raises((GatewayError, ContractViolation, AssertionError)):
        await whole_life(invented({**config, **own}, {}), workplace)
