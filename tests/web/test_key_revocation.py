"""A key deleted at one gateway is refused by the other (F2), with real change streams."""

from __future__ import annotations

import time

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.problems import problem
from tests.support.waiting import until

SECOND = 1.0


@pytest.mark.requirement("F2")
@pytest.mark.parametrize("path", ["/v1/connectors/google/token", "/v1/connections"])
async def test_a_key_deleted_here_is_refused_there_within_a_second(
    gateway: Harness, mongodb_url: str, database_name: str, path: str
) -> None:
    """The other gateway uses it all the time, so it is cached there."""
    admin = await gateway.api(Role.ADMIN)
    body = {"roles": ["tokens", "connections"]}
    made = (await admin.post("/v1/keys", json=body)).json()
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=gateway.clock,
        sandbox=gateway.settings.sandbox,
        public_url=GATEWAY_URL,
    ) as there:
        api = await there.api()
        api.headers["Authorization"] = f"Bearer {made['key']}"

        async def ask() -> int:
            if path.endswith("token"):
                return (await api.post(path, json={"user": "alice"})).status_code
            return (await api.get(f"{path}?user=alice")).status_code

        alive = {409, 200}
        for _ in range(3):
            assert await ask() in alive

        assert (await admin.delete(f"/v1/keys/{made['id']}")).status_code == 204
        deleted = time.monotonic()

        async def refused() -> bool:
            asked = time.monotonic()
            if await ask() not in alive:
                return True
            assert asked - deleted < SECOND, "a request that began later was served"
            return False

        await until(refused)
        problem(await api.get("/v1/connections?user=alice"), 401, "unauthorized")
