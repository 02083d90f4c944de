"""One connector between the real services and its simulated provider, in one process."""

from __future__ import annotations

import gc

import pytest

from gateway.errors import TokenRejected
from gateway.store.connection import Status
from gateway.store.fresh.cache import Cache
from gateway.store.mongo import Database
from gateway.testing import Person, Probe
from gateway.testing.subject import ContractViolation
from gateway.testing.workbench import open_workbench
from tests.support.subjects import described, subject_of

HOUR = 3600  # seconds


async def test_the_clock_moves_gateway_and_provider_together(workplace: Database) -> None:
    async with open_workbench(subject_of("google"), workplace) as bench:
        connection = await bench.connect()
        token = await bench.token(connection)
        assert (await bench.token(connection)).access_token == token.access_token
        assert (bench.call(token).status, bench.token_requests) == (200, 1)
        bench.clock.advance(seconds=HOUR)
        assert bench.call(token).status == 401
        newer = await bench.token(connection)
        assert newer.access_token != token.access_token
        assert (bench.call(newer).status, bench.token_requests) == (200, 2)


async def test_a_code_is_too_old_once_the_clock_has_moved(workplace: Database) -> None:
    async with open_workbench(subject_of("google"), workplace) as bench:
        code, verifier = bench.code()
        bench.clock.advance(seconds=601)
        with pytest.raises(TokenRejected):
            await bench.exchange(code, verifier)


async def test_each_workbench_starts_with_nobody_connected(workplace: Database) -> None:
    for _ in range(2):
        async with open_workbench(subject_of("google"), workplace) as bench:
            assert await bench.connections() == []
            assert bench.simulation.ledger.grants == {}
            (connection,) = [await bench.connect()]
            assert connection.status is Status.ACTIVE
            assert [found.id for found in await bench.connections()] == [connection.id]


def caches() -> int:
    """How many caches this process has."""
    gc.collect()
    return sum(type(each) is Cache for each in gc.get_objects())


async def test_a_closed_workbench_is_forgotten(workplace: Database) -> None:
    """Thousands are opened on one database; each write would be announced to all of them."""
    before = caches()
    async with open_workbench(subject_of("google"), workplace) as bench:
        await bench.token(await bench.connect())
        assert caches() > before
    del bench
    assert caches() == before


async def test_it_runs_the_config_that_it_is_given_and_not_the_catalogs(
    workplace: Database,
) -> None:
    subject = described(scopes=("openid",))(subject_of("google"))
    async with open_workbench(subject, workplace) as bench:
        assert (await bench.connect()).requested_scopes == ("openid",)


async def test_a_provider_that_refuses_is_a_violation_in_words(workplace: Database) -> None:
    async with open_workbench(subject_of("google"), workplace) as bench:
        person = Person(account="nobody")
        with pytest.raises(ContractViolation, match="does not let them connect"):
            await bench.connect(person)
        with pytest.raises(ContractViolation, match=r"no authorization page at evil\.example/"):
            bench.consent_at("https://evil.example/")
        with pytest.raises(ContractViolation, match="refuses the authorization request"):
            bench.consent_at("https://accounts.google.com/o/oauth2/v2/auth?client_id=another")
        token = await bench.token(await bench.connect())
        with pytest.raises(ContractViolation, match="nothing at GET https://"):
            bench.call(token, Probe("/no"))
