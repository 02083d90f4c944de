"""What a provider may want of the two token requests: each against a provider that wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.sandbox import IssuedTokens
from connectors.secret import Secret
from gateway.errors import GatewayError
from gateway.services.renewal import Renewal, Round
from gateway.store.mongo import Database
from gateway.store.renewal_queue import RenewalQueue
from gateway.testing.subject import ContractViolation
from gateway.testing.workbench import open_workbench
from tests.support.invented import LIFE, invented, whole_life

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


@pytest.mark.parametrize(("seconds", "is_renewed"), [(30, True), (None, False)])
async def test_a_token_is_renewed_when_the_provider_allows_it(
    workplace: Database, seconds: int | None, is_renewed: bool
) -> None:
    """Exact Online refuses a refresh while the access token lives longer than 30 seconds."""
    subject = invented({"renew_before_seconds": seconds}, {"refresh_from_seconds": 30})
    async with open_workbench(subject, workplace) as bench:
        connection = await bench.connect()
        first = await bench.token(connection)
        bench.clock.advance(seconds=LIFE - 45)
        early = await bench.token(connection)
        assert early.access_token == first.access_token
        assert bench.token_requests == (1 if is_renewed else 2)  # the exchange, a refused refresh
        bench.clock.advance(seconds=20)
        later = await bench.token(connection)
        assert (later.access_token != first.access_token) is is_renewed
    await whole_life(subject, workplace)


class _One(Catalog):
    def __init__(self, config: ConnectorConfig) -> None:
        self._config, self._added = config, {}

    def get(self, name: str) -> ConnectorConfig:
        return self._config


async def test_the_worker_asks_no_earlier_either(workplace: Database) -> None:
    subject = invented({"renew_before_seconds": 30}, {"refresh_from_seconds": 30})
    async with open_workbench(subject, workplace) as bench:
        await bench.connect()
        renewal = Renewal(
            due=RenewalQueue(workplace),
            refresher=bench.core.refresher,
            pasted=bench.core.pasted,
            catalog=_One(subject.config),
            apps=bench.core.apps,
            clock=bench.clock,
            concurrency=1,
        )
        bench.clock.advance(seconds=LIFE - 45)
        assert await renewal.round("acme") == Round()
        bench.clock.advance(seconds=20)
        assert await renewal.round("acme") == Round(renewed=1)
