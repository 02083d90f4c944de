"""Responses that point to other hosts get no token or secret (security C2, C7, H3)."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from connectors.account import AccountInfo, account_lookup
from connectors.config import ConnectorConfig
from connectors.context import ConnectionContext, Tokens
from connectors.secret import Secret
from gateway.errors import EgressRefused, ProviderError, UnreadableResponse
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.services.provider import Grant, Provider
from tests.support.configs import make_config
from tests.support.peer import Behave, Peer, answering, listening, server_tls
from tests.support.silent import bulkhead

AUTH, API, CANARY = "auth.example.com", "api.example.com", "canary.example.com"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

CONFIG = make_config(
    introspection_url=f"https://{AUTH}/introspect",
    revocation_url=f"https://{AUTH}/revoke",
    fetch_account_info=account_lookup(url=f"https://{API}/v1/me", id="id", label="name"),
)
ASKING = make_config(
    introspection_url=f"https://{AUTH}/introspect",
    fetch_account_info=account_lookup(id="id", label="name", introspect=True),
)


def grant_with(**token_response: Any) -> Grant:
    """Return a grant of this token response."""
    tokens = Tokens(
        access_token=Secret("canary-access"),
        refresh_token=None,
        token_type="Bearer",
        expires_at=None,
        scopes=(),
    )
    return Grant(tokens=tokens, token_response=token_response)


async def exchange(provider: Provider) -> Any:
    """Send code and secret."""
    return await provider.exchange(
        CONFIG,
        token_url=CONFIG.token_url,
        code=Secret("canary-code"),
        redirect_uri="https://gateway.example.com/v1/connectors/acme/callback",
        verifier=Secret("canary-verifier" * 3),
    )


async def refresh(provider: Provider) -> Any:
    """Send a refresh token and the secret."""
    return await provider.refresh(
        CONFIG, refresh_url=CONFIG.token_url, refresh_token=Secret("canary-refresh"), granted=()
    )


async def account(provider: Provider) -> Any:
    """Send an access token to the API."""
    return await provider.account(CONFIG, grant_with(), {})


async def introspect(provider: Provider) -> Any:
    """Send an access token and the secret."""
    return await provider.account(ASKING, grant_with(), {})


async def revoke(provider: Provider) -> Any:
    """Send tokens and the secret."""
    return await provider.revoke(
        CONFIG,
        connection_config={},
        metadata={},
        access_token=Secret("canary-access"),
        refresh_token=Secret("canary-refresh"),
    )


ENDPOINTS: dict[str, Callable[[Provider], Awaitable[Any]]] = {
    "exchange": exchange,
    "refresh": refresh,
    "account": account,
    "introspect": introspect,
    "revoke": revoke,
}


@functools.cache
def _authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def world(behave: Behave) -> AsyncIterator[tuple[Provider, Peer, Peer]]:
    """A provider with this behaviour, and a canary server that the gateway could reach."""
    authority = _authority()
    tls = server_tls(authority, AUTH, API, CANARY, "*.example.com")
    async with listening(behave, tls=tls) as peer, listening(answering(b"{}"), tls=tls) as canary:
        policy = EgressPolicy(
            reroutes={
                AUTH: ("127.0.0.1", peer.port),
                API: ("127.0.0.1", peer.port),
                CANARY: ("127.0.0.1", canary.port),
                "*.example.com": ("127.0.0.1", canary.port),
            }
        )
        ca = authority.cert_pem.bytes().decode()
        async with open_outbound(policy, bulkhead(), sandbox_ca=ca, total_seconds=60) as outbound:
            yield Provider(outbound, lambda: NOW), peer, canary


@pytest.mark.requirement("C2", "H3")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("endpoint", [*ENDPOINTS])
@pytest.mark.parametrize("target", [f"https://{CANARY}/token", "//canary.example.com/", "/again"])
async def test_no_endpoint_that_gets_a_secret_is_followed_anywhere(
    endpoint: str, status: int, target: str
) -> None:
    """Redirects to another host, another spelling of it, or the same one are errors."""
    behave = answering(b"{}", status=f"{status} Elsewhere", Location=target)
    async with world(behave) as (provider, peer, canary):
        with pytest.raises(UnreadableResponse, match="redirect"):
            await ENDPOINTS[endpoint](provider)
        assert len(peer.requests) == 1
        assert canary.connections == 0


@pytest.mark.requirement("C2")
@pytest.mark.parametrize("endpoint", [*ENDPOINTS])
async def test_the_canary_is_reachable(endpoint: str) -> None:
    """Proves that the tests of this file can fail."""
    async with world(answering(b'{"access_token": "a", "id": 1, "active": true}')) as (
        provider,
        peer,
        canary,
    ):
        await ENDPOINTS[endpoint](provider)
        assert (len(peer.requests), canary.connections) == (1, 0)
        going = make_config(api_hosts=("*.example.com",), fetch_account_info=follow("instance_url"))
        await provider.account(going, grant_with(instance_url=f"https://{CANARY}/"), {})
        assert canary.connections == 1


def follow(name: str) -> Callable[[ConnectionContext], Awaitable[AccountInfo]]:
    """Look up the account at the address in the token response."""

    async def lookup(ctx: ConnectionContext) -> AccountInfo:
        await ctx.fetch(ctx.token_response[name])
        return AccountInfo(external_account_id="1", account_label="Acme")

    return lookup


INSTANCES = [
    f"https://{CANARY}",
    f"https://{CANARY}/",
    f"http://{API}/",
    f"https://{API}:8443/",
    f"https://{API}@{CANARY}/",
    f"https://{CANARY}#{API}",
    f"https://{CANARY}?{API}",
    f"https://{CANARY}\\@{API}/",
    f"https://{API}.{CANARY}/",
    f"https://{CANARY}/{API}",
    f"https://user:pass@{API}/",
    f"https://{API}\t.{CANARY}/",
    f"https://{API}\n/",
    f"//{CANARY}/",
    f"/{CANARY}",
    "",
    "https://",
    f"https:{CANARY}",
    f"HTTPS://{CANARY}/",
    f"https://{API}%2f.{CANARY}/",
    f"https://{API}%00.{CANARY}/",
    f"https://{API}\uff0e{CANARY}/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "data:,x",
    "javascript:alert(1)",
    f"ftp://{API}/",
    "https://[",
    "https://[::",
    f"https://evil{API}/",
    "https://api.example.com.evil.example/",
    f"https://.{API}/",
    "https://api.example.com:443@canary.example.com/",
    f"https://{CANARY}/${{x}}",
    "${metadata.url}",
]
CONFIGS: dict[str, ConnectorConfig] = {
    "its own host only": make_config(fetch_account_info=follow("instance_url")),
    "hosts of a family": make_config(
        api_hosts=("*.api.example.net",), fetch_account_info=follow("instance_url")
    ),
}


@pytest.mark.requirement("C7")
@pytest.mark.parametrize("config", [*CONFIGS.values()], ids=[*CONFIGS])
@pytest.mark.parametrize("url", INSTANCES, ids=ascii)
async def test_a_host_that_a_provider_names_gets_a_token_only_if_the_connector_allows_it(
    config: ConnectorConfig, url: str
) -> None:
    """Connecting fails, and the canary receives nothing."""
    async with world(answering(b"{}")) as (provider, peer, canary):
        with pytest.raises(ProviderError) as caught:
            await provider.account(config, grant_with(instance_url=url), {})
        assert type(caught.value) in {EgressRefused, UnreadableResponse}
        assert "canary" not in str(caught.value)
        assert peer.connections == canary.connections == 0


@pytest.mark.requirement("C3", "C7")
@pytest.mark.parametrize("value", [None, 7, True, [f"https://{API}/"], {"url": f"https://{API}/"}])
async def test_an_instance_that_is_no_text_is_an_ordinary_error(value: Any) -> None:
    async with world(answering(b"{}")) as (provider, peer, canary):
        config = CONFIGS["its own host only"]
        with pytest.raises(UnreadableResponse):
            await provider.account(config, grant_with(instance_url=value), {})
        assert peer.connections == canary.connections == 0
