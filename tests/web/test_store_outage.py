"""The database away: at start, and while the gateway runs (security K2, L5)."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import anyio
import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.dev.mongod import running_mongod
from gateway.errors import StoreUnavailable
from gateway.server.run import free_port
from tests.conftest import GATEWAY_URL
from tests.support.callbacks import approved_callback
from tests.support.gateway import ACCOUNTS, running_gateway
from tests.support.problems import problem
from tests.support.sandbox import SandboxProcess


async def test_a_gateway_without_its_database_does_not_start() -> None:
    """It says what is missing, in time, and not the address, which may hold a password."""
    url = f"mongodb://user:hunter2@127.0.0.1:{free_port()}/?replicaSet=gateway"
    with anyio.fail_after(15), pytest.raises(StoreUnavailable) as raised:
        async with running_gateway(url, "gateway", public_url=GATEWAY_URL):
            pass
    assert str(raised.value).startswith("the database does not answer")
    assert "hunter2" not in repr(raised.value)
    assert raised.value.__cause__ is None


async def test_a_lost_database_is_told_to_everybody_and_nothing_breaks(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    """503 with a code for tools, a page for people, and a process that stays up."""
    with ExitStack() as stack:
        url = stack.enter_context(running_mongod(tmp_path))
        async with running_gateway(
            url, "gateway", sandbox=sandbox.url, public_url=GATEWAY_URL
        ) as gateway:
            browser = await gateway.browser("alice")
            assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
            await browser.start("notion")
            callback = await approved_callback(browser, ACCOUNTS["notion"])
            api = await gateway.api(*Role)
            before = sandbox.mark()
            stack.close()  # mongod is gone

            answers: dict[str, httpx.Response] = {}

            async def ask(name: str, client: httpx.AsyncClient, method: str, path: str) -> None:
                body = {"user": "alice"} if method == "POST" else None
                answers[name] = await client.request(method, GATEWAY_URL + path, json=body)

            with anyio.fail_after(25):
                async with anyio.create_task_group() as group:
                    for name, client, method, path in (
                        ("ready", api, "GET", "/readyz"),
                        ("token", api, "POST", "/v1/connectors/google/token"),
                        ("connections", api, "GET", "/v1/connections?user=alice"),
                        ("keys", api, "GET", "/v1/keys"),
                        ("health", api, "GET", "/healthz"),
                        ("available", api, "GET", "/v1/connectors/available"),
                        ("dashboard", browser.client, "GET", "/dashboard/connectors"),
                        ("connect", browser.client, "GET", "/connectors/google"),
                        ("callback", browser.client, "GET", callback.removeprefix(GATEWAY_URL)),
                    ):
                        group.start_soon(ask, name, client, method, path)

            for name in ("ready", "token", "connections", "keys"):
                problem(answers[name], 503, "store_unavailable")
            for name in ("health", "available"):
                assert answers[name].status_code == 200, name
            for name in ("dashboard", "connect", "callback"):
                page = answers[name]
                assert page.status_code == 503, name
                assert page.headers["content-type"].startswith("text/html")
                assert "database does not answer" in page.text
                assert page.headers["x-request-id"] in page.text
            for answer in answers.values():
                for word in ("mongod", "127.0.0.1", "pymongo", "Timeout", "Traceback"):
                    assert word not in answer.text
            # Rule 1: a flow that cannot be claimed is not finished.
            assert sandbox.token_requests("notion", after=before) == []
