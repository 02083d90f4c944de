"""Tokens of the operator's own authorization server: its keys by URL, its claims by settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.mcp.issuer_keys import (
    KEEP_SECONDS,
    LONGEST_SECONDS,
    PAUSE_SECONDS,
    ROTATION_SECONDS,
    IssuerKeys,
)
from tests.conftest import GATEWAY_URL
from tests.mcp.conftest import MCP_URL, Caller, resource_app, signed
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.serving import serving

ISSUER = "https://login.example.com/t1"


class Published:
    """A JWKS document on a loopback port; ``status`` and ``keys`` may change."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.status = 200
        self.asked = 0

    async def answer(self, _: Request) -> Response:
        self.asked += 1
        keys = [{**key.as_dict(private=False), "use": "sig"} for key in self.keys]
        return JSONResponse({"keys": keys}, self.status)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/keys", self.answer)])


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


@asynccontextmanager
async def calling(
    published: Published, mongodb_url: str, database: str, clock: FakeClock, **settings: Any
) -> AsyncIterator[tuple[Caller, Harness]]:
    """A client of a gateway that takes the tokens of ``ISSUER``."""
    async with (
        serving(published.app()) as port,
        running_gateway(
            mongodb_url,
            database,
            clock=clock,
            public_url=GATEWAY_URL,
            mcp_issuer=ISSUER,
            mcp_jwks_url=f"http://127.0.0.1:{port}/keys",
            egress_allow=frozenset({("127.0.0.1", port)}),
            **settings,
        ) as gateway,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(resource_app(gateway)), trust_env=False
        ) as client,
    ):
        yield Caller(client, gateway), gateway


async def test_its_tokens_open_the_resource_and_it_is_in_the_metadata(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """Its access tokens have the type ``JWT`` or none, and scopes under another name."""
    key, published = new_key("k1"), Published(new_key("k0"))
    published.keys.append(key)
    async with calling(published, mongodb_url, database_name, clock) as (caller, gateway):
        metadata = await (await gateway.api()).get("/.well-known/oauth-protected-resource/mcp")
        assert metadata.json()["authorization_servers"] == [ISSUER]
        kinds: dict[str | None, dict[str, Any]] = {
            "at+jwt": {},
            "JWT": {"scope": None, "scp": ["tools:read"]},
            None: {"scope": None, "scp": "tools:read", "aud": ["x", MCP_URL]},
        }
        for kind, more in kinds.items():
            changes: dict[str, Any] = {"iss": ISSUER, "tenant": "ignored", **more}
            token = signed(key, gateway, header={"typ": kind}, **changes)
            answer = await caller.send(token)
            assert answer.status_code == 200, answer.text
            assert (answer.json()["tenant"], answer.json()["user"]) == ("default", "alice")
        assert published.asked == 1
        own = await gateway.services.signing_keys.signing_key()
        for refused in (
            signed(own, gateway),
            signed(own, gateway, iss=ISSUER),
            signed(key, gateway, iss=GATEWAY_URL),
            signed(key, gateway, iss=f"{ISSUER}/"),
            signed(key, gateway, iss=ISSUER, aud="https://other.example"),
            signed(key, gateway, iss=ISSUER, header={"typ": "dpop+jwt"}),
        ):
            assert (await caller.send(refused)).status_code == 401


async def test_claims_and_audience_are_those_of_the_settings(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    key = new_key("k1")
    settings = {
        "mcp_audience": "api://gateway",
        "mcp_user_claim": "email",
        "mcp_tenant_claim": "org",
    }
    async with calling(Published(key), mongodb_url, database_name, clock, **settings) as (
        caller,
        gateway,
    ):
        good: dict[str, Any] = {
            "iss": ISSUER,
            "aud": "api://gateway",
            "email": "ana@acme.example",
            "email_verified": True,
            "org": "acme",
            "tenant": None,
        }
        said = (await caller.send(signed(key, gateway, **good))).json()
        assert (said["tenant"], said["user"]) == ("acme", "ana@acme.example")
        wrong: tuple[dict[str, Any], ...] = (
            {"aud": MCP_URL},
            {"email": None},
            {"email_verified": False},
            {"email_verified": None},
            {"org": None},
            {"org": ""},
            {"org": ["acme"]},
            {"scope": [1]},
        )
        for changed in wrong:
            answer = await caller.send(signed(key, gateway, **{**good, **changed}))
            assert answer.status_code == 401, changed


async def test_an_issuer_whose_keys_were_never_read_is_an_outage_and_no_wrong_token(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    published = Published(new_key("k1"))
    published.status = 500
    async with calling(published, mongodb_url, database_name, clock) as (caller, gateway):
        token = signed(published.keys[0], gateway, iss=ISSUER)
        answer = await caller.send(token)
        assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
        assert "www-authenticate" not in answer.headers
        assert answer.headers["retry-after"]


class Ticks:
    """A monotonic clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def read(gateway: Harness) -> AsyncIterator[tuple[IssuerKeys, Published, Ticks]]:
    """The keys of a document that a test changes, on a clock that it moves."""
    published, ticks = Published(new_key("k1")), Ticks()
    async with serving(published.app()) as port:
        async with running_gateway(
            gateway.settings.mongodb_url.get_secret_value(),
            gateway.settings.mongodb_database,
            egress_allow=frozenset({("127.0.0.1", port)}),
        ) as allowed:
            url = f"http://127.0.0.1:{port}/keys"
            yield IssuerKeys(allowed.services.outbound, url, ticks), published, ticks


Read = tuple[IssuerKeys, Published, Ticks]


async def kids(keys: IssuerKeys) -> list[str | None]:
    return [key.kid for key in await keys.keys()]


async def test_keys_are_kept_for_an_hour(read: Read) -> None:
    keys, published, ticks = read
    for moved, asked in ((0.0, 1), (KEEP_SECONDS - 1, 1), (1.0, 2)):
        ticks.now += moved
        assert await kids(keys) == ["k1"]
        assert published.asked == asked


async def test_an_unknown_key_reads_them_again_at_most_once_a_minute(read: Read) -> None:
    keys, published, ticks = read
    await keys.keys()
    published.keys.append(new_key("k2"))
    newer = await keys.newer_keys()
    assert newer is not None
    assert [key.kid for key in newer] == ["k1", "k2"]
    ticks.now += ROTATION_SECONDS - 1
    assert await keys.newer_keys() is None
    assert published.asked == 2
    ticks.now += 1
    assert await keys.newer_keys() is not None


async def test_an_outage_there_is_none_here_for_a_day(read: Read) -> None:
    keys, published, ticks = read
    await keys.keys()
    published.status = 503
    ticks.now += LONGEST_SECONDS - 1
    assert await kids(keys) == ["k1"]
    assert published.asked == 2
    assert await kids(keys) == ["k1"]
    assert published.asked == 2, "it asked again within the pause"
    ticks.now += PAUSE_SECONDS
    with pytest.raises(Exception, match="cannot be read"):
        await keys.keys()
    published.status = 200
    ticks.now += PAUSE_SECONDS
    assert await kids(keys) == ["k1"]
