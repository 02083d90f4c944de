"""The database becomes unavailable in the middle of a refresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from gateway.services import tokens
from gateway.store import mongo
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.wiring.knobs import Knobs
from tests.conftest import GATEWAY_URL
from tests.support.gate import Gate, gate_at, open_gate
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import asked, connect, connection, force, problem_of, token_of
from tests.support.waiting import until

STALE = timedelta(minutes=59, seconds=30)
"""Age of a Google token that is due for a refresh and still valid."""


@pytest.fixture(autouse=True)
def _drivers_give_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the drivers' time-out to two seconds; no test here depends on it."""
    monkeypatch.setitem(mongo._OPTIONS, "serverSelectionTimeoutMS", 2_000)


@dataclass
class Line:
    """A gateway's connection to its database; cut once when a refresh reaches ``cut_at``."""

    gate: Gate
    cut_at: str = ""
    is_cut: asyncio.Event = field(default_factory=asyncio.Event)

    async def checkpoint(self, step: str) -> None:
        """Receive a step of a refresh, as the gateway's checkpoint."""
        if step == self.cut_at:
            self.cut_at = ""
            self.gate.cut()
            self.is_cut.set()


@asynccontextmanager
async def behind_a_line(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> AsyncIterator[tuple[Harness, Line]]:
    """A gateway and its only connection to the database."""
    host = urlsplit(mongodb_url)
    async with open_gate((host.hostname or "", host.port or 0)) as gate:
        line = Line(gate)
        url = f"mongodb://{gate.address[0]}:{gate.address[1]}/?directConnection=true"
        async with running_gateway(
            url,
            database_name,
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
            knobs=Knobs(checkpoint=line.checkpoint),
        ) as harness:
            try:
                yield harness, line
            finally:
                gate.mend()


async def log_has(event: str) -> None:
    """Wait until this process logs ``event``; the driver's time-out is two seconds."""
    with capture_logs() as logged:

        async def is_there() -> bool:
            return any(entry["event"] == event for entry in logged)

        await until(is_there)


@pytest.mark.requirement("D4", "K2")
async def test_issued_tokens_are_stored_when_the_database_is_back(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """Rule 2, D4, K2: Notion's old refresh token is dead, and only this process has the new one."""
    async with behind_a_line(mongodb_url, database_name, sandbox) as (gateway, line):
        async with gate_at(gateway, "api.notion.com") as provider:
            await connect(gateway, "notion")
            old = token_of(await gateway.token("notion", "alice"))
            mark = sandbox.mark()
            provider.hold_next()
            caller = asyncio.create_task(force(gateway, "notion"))
            await provider.held()

            line.gate.cut()
            provider.release()
            await log_has("refresh_not_stored_yet")
            assert not caller.done()
            line.gate.mend()
            new = token_of(await caller)

        assert new != old
        assert token_of(await gateway.token("notion", "alice")) == new
        assert token_of(await force(gateway, "notion")) not in {old, new}
        assert asked(sandbox, "notion", mark) == ["issued"] * 2
        assert (await connection(gateway))["status"] == "active"


@pytest.mark.requirement("D1", "D4", "K2")
async def test_another_process_waits_for_the_holder_of_the_answer(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, database: Database
) -> None:
    """The outage lasted longer than the lease, and the other process is the first to be back."""
    async with (
        behind_a_line(mongodb_url, database_name, sandbox) as (holder, line),
        running_gateway(
            mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
        ) as other,
    ):
        async with gate_at(holder, "api.notion.com") as provider:
            await connect(holder, "notion")
            old = token_of(await holder.token("notion", "alice"))
            mark = sandbox.mark()
            provider.hold_next()
            first = asyncio.create_task(force(holder, "notion"))
            await provider.held()
            line.gate.cut()
            provider.release()
            await log_has("refresh_not_stored_yet")
            rows = database.collection("connections")
            long_over = {"$subtract": ["$$NOW", 60_000]}
            leased = {"refresh.owner": {"$ne": None}}
            assert await rows.update_one(leased, [{"$set": {"refresh.until": long_over}}])

            second = asyncio.create_task(force(other, "notion"))

            async def waits() -> bool:
                return asked(sandbox, "notion", mark) == ["issued"] and not second.done()

            for _ in range(20):
                assert await waits()
                await asyncio.sleep(0.05)
            line.gate.mend()
            assert token_of(await first) == token_of(await second) != old

        assert asked(sandbox, "notion", mark) == ["issued"]
        assert (await connection(other))["status"] == "active"


@pytest.mark.requirement("K2", "K3")
async def test_a_refresh_that_has_its_lease_goes_on_when_the_database_is_back(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """An election does not make callers wait for the end of a lease."""
    async with behind_a_line(mongodb_url, database_name, sandbox) as (gateway, line):
        await connect(gateway, "notion")
        old, mark = token_of(await gateway.token("notion", "alice")), sandbox.mark()
        line.cut_at = "claim"
        caller = asyncio.create_task(force(gateway, "notion"))

        await log_has("refresh_waits_for_database")
        assert asked(sandbox, "notion", mark) == []  # no marker, no request
        line.gate.mend()

        assert token_of(await caller) != old
        assert asked(sandbox, "notion", mark) == ["issued"]


@pytest.mark.requirement("K2")
async def test_a_claim_is_repeated_until_the_database_confirms_its_result(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, database: Database
) -> None:
    """The claim may have succeeded, and only its owner can release the lease."""
    async with behind_a_line(mongodb_url, database_name, sandbox) as (gateway, line):
        await connect(gateway, "notion")
        linked_id = (await connection(gateway))["id"]
        current = await ConnectionStore(database).get("default", linked_id)
        assert current is not None
        config, mark = gateway.services.catalog.oauth("notion"), sandbox.mark()
        line.gate.cut()
        caller = asyncio.create_task(
            gateway.services.refresher.renew(config, current, in_need=True)
        )

        await log_has("refresh_waits_for_database")
        line.gate.mend()

        assert (await caller).generation == current.generation + 1
        assert asked(sandbox, "notion", mark) == ["issued"]


@pytest.mark.requirement("K3")
async def test_a_token_that_works_is_handed_out_while_the_database_is_away(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 3, K3: a caller with a valid token does not wait; the refresh continues."""
    monkeypatch.setattr(tokens, "PATIENCE_SECONDS", 0.2)
    async with behind_a_line(mongodb_url, database_name, sandbox) as (gateway, line):
        await connect(gateway, "google")
        old = token_of(await gateway.token("google", "alice"))
        gateway.clock.offset += STALE
        mark, line.cut_at = sandbox.mark(), "claim"

        assert token_of(await gateway.token("google", "alice")) == old
        assert line.is_cut.is_set()
        assert asked(sandbox, "google", mark) == []
        line.gate.mend()

        async def is_renewed() -> bool:
            return token_of(await gateway.token("google", "alice")) != old

        await until(is_renewed)
        assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("K3")
async def test_a_caller_without_a_token_is_answered_in_time_and_the_refresh_goes_on(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers have a deadline; storing an issued token has none."""
    monkeypatch.setattr(tokens, "ANSWER_SECONDS", 1.0)
    async with behind_a_line(mongodb_url, database_name, sandbox) as (gateway, line):
        await connect(gateway, "google")
        old = token_of(await gateway.token("google", "alice"))
        gateway.clock.advance(hours=1)
        mark, line.cut_at = sandbox.mark(), "answer"

        answer = await gateway.token("google", "alice")

        assert problem_of(answer) == (503, "provider_unavailable")
        assert answer.headers["retry-after"] == "1"
        assert asked(sandbox, "google", mark) == ["issued"]
        line.gate.mend()

        async def is_renewed() -> bool:
            answer = await gateway.token("google", "alice")
            return answer.status_code == 200 and token_of(answer) != old

        await until(is_renewed)
        assert asked(sandbox, "google", mark) == ["issued"]
