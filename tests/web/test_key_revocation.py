"""A key that is deleted at one gateway is dead at the other one (F2): real time, real change streams."""

from __future__ import annotations

import time

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.problems import problem
from tests.support.waiting import until

SECOND = 1.0
ROUND_TRIPS = 0.5
"""What deleting and asking may take beside, on a busy machine."""


@pytest.mark.requirement("F2")
@pytest.mark.parametrize("path", ["/v1/connectors/google/token", "/v1/connections"])
async def test_a_key_deleted_here_is_refused_there_within_a_second(
    gateway: Harness, mongodb_url: str, database_name: str, path: str
) -> None:
    """While it is used there all the time, so that it is remembered."""
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

        began = time.monotonic()
        assert (await admin.delete(f"/v1/keys/{made['id']}")).status_code == 204

        async def refused() -> bool:
            return await ask() not in alive

        await until(refused)
        assert time.monotonic() - began < SECOND + ROUND_TRIPS
        problem(await api.get("/v1/connections?user=alice"), 401, "unauthorized")
