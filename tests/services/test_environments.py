"""One OAuth app for each environment: ``GATEWAY_ENVIRONMENT`` (a database that was copied)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from pydantic import ValidationError

from gateway.settings.environment import Settings
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    disconnect,
    force,
    problem_of,
    token_of,
    works,
)

WRONG = (409, "wrong_environment")
World = Callable[[str], AbstractAsyncContextManager[Harness]]


@pytest.fixture
def world(mongodb_url: str, database_name: str, sandbox: SandboxProcess) -> World:
    """Start a gateway of an environment on the one database, with the one clock."""
    clock = StoppedClock()

    @asynccontextmanager
    async def started(environment: str) -> AsyncIterator[Harness]:
        async with running_gateway(
            mongodb_url,
            database_name,
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
            environment=environment,
            clock=clock,
        ) as gateway:
            yield gateway

    return started


async def test_grant_is_refreshed_in_its_own_environment_alone(
    world: World, sandbox: SandboxProcess
) -> None:
    async with world("production") as production, world("staging") as staging:
        await connect(production, "google")
        first = token_of(await staging.token("google", "alice"))
        mark = sandbox.mark()
        assert problem_of(await force(staging, "google")) == WRONG
        assert token_of(await staging.token("google", "alice")) == first

        production.clock.advance(seconds=7200)
        assert problem_of(await staging.token("google", "alice")) == WRONG
        assert (await connection(staging))["status"] == "unreadable"
        assert asked(sandbox, "google", mark) == []

        assert token_of(await production.token("google", "alice")) != first
        assert (await connection(production))["status"] == "active"


async def test_disconnecting_ends_no_grant_of_another_environment(world: World) -> None:
    async with world("production") as production, world("staging") as staging:
        await connect(production, "google")
        answer = await production.token("google", "alice")
        gone = await disconnect(staging, (await connection(staging))["id"])
        assert gone.json()["revoked"] == "no"
        assert works(answer, "/oauth2/v3/userinfo")


async def test_connecting_again_moves_the_connection_to_this_environment(world: World) -> None:
    async with world("production") as production, world("staging") as staging:
        await connect(production, "google")
        await connect(staging, "google")
        assert token_of(await force(staging, "google"))
        assert problem_of(await force(production, "google")) == WRONG


@pytest.mark.parametrize(("first", "second"), [("", "staging"), ("staging", "")])
async def test_environment_without_a_name_is_any(world: World, first: str, second: str) -> None:
    async with world(first) as one, world(second) as other:
        await connect(one, "google")
        assert token_of(await force(other, "google"))


@pytest.mark.parametrize("name", ["Staging", "a b", "a" * 33, "ä"])
def test_name_of_an_environment_is_a_word(name: str) -> None:
    with pytest.raises(ValidationError, match="environment"):
        Settings(environment=name)
