"""The database goes away in the middle of a refresh, after the provider has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from structlog.testing import capture_logs

from tests.conftest import GATEWAY_URL
from tests.support.gate import Gate, gate_at, open_gate
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import asked, connect, connection, force, token_of
from tests.support.waiting import until


@asynccontextmanager
async def behind_a_gate(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> AsyncIterator[tuple[Harness, Gate]]:
    """A gateway, and the gate through which alone it reaches the database."""
    host = urlsplit(mongodb_url)
    async with open_gate((host.hostname or "", host.port or 0)) as gate:
        url = f"mongodb://{gate.address[0]}:{gate.address[1]}/?directConnection=true"
        async with running_gateway(
            url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
        ) as harness:
            try:
                yield harness, gate
            finally:
                gate.mend()


async def test_what_the_provider_issued_is_stored_when_the_database_is_back(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """Rule 2, D4, K2: Notion's old refresh token is dead, and the new one exists nowhere else."""
    async with behind_a_gate(mongodb_url, database_name, sandbox) as (gateway, line):
        async with gate_at(gateway, "api.notion.com") as provider:
            await connect(gateway, "notion")
            old = token_of(await gateway.token("notion", "alice"))
            mark = sandbox.mark()
            provider.hold_next()
            caller = asyncio.create_task(force(gateway, "notion"))
            await provider.held()

            line.cut()
            with capture_logs() as logged:

                async def has_failed() -> bool:
                    return any(entry["event"] == "refresh_not_stored_yet" for entry in logged)

                provider.release()
                await until(has_failed)  # the driver takes its five seconds
            assert not caller.done()
            line.mend()
            new = token_of(await caller)

        assert new != old
        assert token_of(await gateway.token("notion", "alice")) == new
        assert token_of(await force(gateway, "notion")) not in {old, new}
        assert asked(sandbox, "notion", mark) == ["issued"] * 2
        assert (await connection(gateway))["status"] == "active"
