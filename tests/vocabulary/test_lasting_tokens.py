"""Tokens that live on by themselves: each against a provider that has no other way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from connectors import ErrorInSuccess, LongLived
from connectors.sandbox import LongLivedRules, RevokeRules
from gateway.errors import GatewayError, ProviderError, ReauthorizationRequired
from gateway.services.disconnect import Revoked
from gateway.services.tokens import IssuedToken
from gateway.store.connection import Status
from gateway.store.mongo import Database
from gateway.testing.subject import ContractViolation, Subject
from gateway.testing.workbench import Workbench, open_workbench
from tests.support.invented import LIFE, invented

DAY = 86400
SHAPES = {
    "as at Instagram and Threads: two addresses, and the secret at the first": (
        ("/access_token", {"grant_type": "exchange", "secret": "client_secret"}),
        ("/refresh_access_token", {"grant_type": "refresh"}),
    ),
    "as at Facebook: one address for both": (
        ("/token", {"grant_type": "exchange", "id": "client_id", "secret": "client_secret"}),
        ("/token", {"grant_type": "exchange", "id": "client_id", "secret": "client_secret"}),
    ),
}


def _params(named: dict[str, str], mark: str) -> dict[str, str]:
    credentials = {"client_id", "client_secret"}
    filled = {
        name: f"{mark}{{{value}}}" if value in credentials else value
        for name, value in named.items()
    }
    return {**filled, "access_token": f"{mark}{{access_token}}"}


def long_lived(shape: str, **config: Any) -> Subject:
    """The connector, and the provider that wants it."""
    (exchange, first), (renew, later) = SHAPES[shape]
    host = "graph.example.com"
    fields = {
        "long_lived": LongLived(
            exchange_url=f"https://{host}{exchange}",
            exchange_params=_params(first, "$"),
            renew_url=f"https://{host}{renew}",
            renew_params=_params(later, "$"),
        )
    }
    rules = LongLivedRules(
        exchange=f"{host}{exchange}",
        exchange_params=_params(first, ""),
        renew=f"{host}{renew}",
        renew_params=_params(later, ""),
        seconds=60 * DAY,
    )
    return invented(fields | config, {"rotation": "kept", "long_lived": rules})


def _lives_for(bench: Workbench, token: IssuedToken) -> timedelta:
    """The rest of its life, in whole minutes: the clock runs."""
    expires_at = token.connection.tokens.expires_at
    assert expires_at is not None
    return timedelta(minutes=round((expires_at - bench.clock()) / timedelta(minutes=1)))


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_long_lived_token_lives_from_its_exchange_to_its_end(
    workplace: Database, shape: str
) -> None:
    """https://developers.facebook.com/docs/instagram-platform (business login), and Threads'."""
    async with open_workbench(long_lived(shape), workplace) as bench:
        connection = await bench.connect()
        first = await bench.token(connection)
        assert bench.token_requests == 2
        assert bench.call(first).status == 200
        assert _lives_for(bench, first) == timedelta(days=60)
        assert first.connection.granted_scopes == ("read", "write")
        bench.clock.advance(seconds=53 * DAY)
        assert (await bench.token(connection)).access_token == first.access_token
        bench.clock.advance(seconds=2 * DAY)  # the last tenth of its life
        second = await bench.token(connection)
        assert second.access_token != first.access_token
        asked = dict(parse_qsl(bench.transport.requests_to("token")[-1].query))
        assert asked["access_token"] == first.access_token.reveal()
        assert bench.call(second).status == 200
        assert await bench.disconnect(connection) is Revoked.YES
        assert bench.call(second).status == 401


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_long_lived_token_that_is_over_needs_its_person(
    workplace: Database, shape: str
) -> None:
    async with open_workbench(long_lived(shape), workplace) as bench:
        connection = await bench.connect()
        bench.clock.advance(seconds=61 * DAY)
        with pytest.raises(ReauthorizationRequired):
            await bench.token(connection)


@pytest.mark.parametrize("status", [400, 500])
async def test_an_exchange_that_fails_connects_nothing(workplace: Database, status: int) -> None:
    subject = long_lived("as at Instagram and Threads: two addresses, and the secret at the first")
    async with open_workbench(subject, workplace) as bench:
        answer = httpx.Response(status, json={"error": "server_error"})
        bench.transport.replace("graph.example.com/access_token", answer)
        with pytest.raises(ProviderError):
            await bench.connect()
        assert await bench.connections() == []


@pytest.mark.parametrize("shape", SHAPES)
async def test_without_the_field_the_token_cannot_be_renewed(
    workplace: Database, shape: str
) -> None:
    async with open_workbench(long_lived(shape, long_lived=None), workplace) as bench:
        connection = await bench.connect()
        with pytest.raises(GatewayError):
            await bench.token(connection, force=True)


async def test_a_provider_of_the_standard_has_no_such_address(workplace: Database) -> None:
    shape = next(iter(SHAPES))
    plain = invented({"long_lived": long_lived(shape).config.long_lived}, {})
    async with open_workbench(plain, workplace) as bench:
        with pytest.raises((GatewayError, ContractViolation)):
            await bench.connect()


DONE = {"result": "0000"}
EXTENDS = {
    "refresh_extends": True,
    "refresh_rotation": "none",
    "error_in_success": ErrorInSuccess(flag="result", ok="0000", code="result"),
}
RULES = {
    "rotation": "none",
    "extends": DONE,
    "answer": DONE,
    "revoke": RevokeRules(address="auth.example.com/revoke", client_auth="post", answer=DONE),
}


async def test_a_refresh_lets_the_same_token_live_on(workplace: Database) -> None:
    """Coros: ``/oauth2/refresh-token`` answers without a token. Source: NangoHQ/nango."""
    async with open_workbench(invented(EXTENDS, RULES), workplace) as bench:
        connection = await bench.connect()
        first = await bench.token(connection)
        bench.clock.advance(seconds=LIFE - LIFE // 20)
        second = await bench.token(connection)
        assert second.access_token == first.access_token
        assert second.connection.generation > first.connection.generation
        assert second.connection.status is Status.ACTIVE
        assert _lives_for(bench, second) == timedelta(seconds=LIFE)
        bench.clock.advance(seconds=LIFE // 2)
        assert bench.call(second).status == 200
        assert await bench.disconnect(connection) is Revoked.YES
        assert bench.call(second).status == 401


@pytest.mark.parametrize("body", [{}, {"result": "5031"}, {"result": None}, {"result": 0}])
async def test_an_answer_that_tells_no_success_extends_nothing(
    workplace: Database, body: dict[str, Any]
) -> None:
    async with open_workbench(invented(EXTENDS, RULES), workplace) as bench:
        connection = await bench.connect()
        ends = connection.tokens.expires_at
        bench.transport.replace("token", httpx.Response(200, json=body))
        with pytest.raises(GatewayError):
            await bench.token(connection, force=True)
        assert [each.tokens.expires_at for each in await bench.connections()] == [ends]


async def test_without_the_field_such_a_refresh_is_an_error(workplace: Database) -> None:
    subject = invented({**EXTENDS, "refresh_extends": False}, RULES)
    async with open_workbench(subject, workplace) as bench:
        connection = await bench.connect()
        with pytest.raises(ProviderError, match="no usable access_token"):
            await bench.token(connection, force=True)


async def test_a_refresh_that_issues_a_token_extends_none(workplace: Database) -> None:
    subject = invented(EXTENDS, {**RULES, "extends": None})
    async with open_workbench(subject, workplace) as bench:
        connection = await bench.connect()
        first = await bench.token(connection)
        second = await bench.token(connection, force=True)
        assert second.access_token != first.access_token
