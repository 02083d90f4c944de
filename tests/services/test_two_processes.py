"""Two gateway processes on one database: one refresh for all callers, and none lost at a stop.

Gateways, providers and MongoDB are separate processes, the user is a browser, and the tools are
HTTP clients.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role, ServiceKeys
from gateway.clock import utc_now
from gateway.server.shutdown import GRACE_SECONDS
from gateway.settings.environment import Driver
from gateway.store.mongo import Database
from gateway.store.service_keys import KeyStore
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import NO_TLS, loopback_client
from tests.support.processes import Deployment, GatewayProcess, running_deployment
from tests.support.sealing import vault_of
from tests.support.silent import NO_AUDIT
from tests.support.tokens import asked, expiry_of, fingerprint, token_of, works
from tests.support.waiting import PATIENCE_SECONDS, until

LIFE_SECONDS = 3


@pytest.fixture
def deployment(
    tmp_path: Path, mongodb_url: str, database_name: str, driver: Driver
) -> Iterator[Deployment]:
    with running_deployment(
        tmp_path, mongodb_url=mongodb_url, database=database_name, driver=driver
    ) as running:
        yield running


@pytest.fixture
async def tool(deployment: Deployment, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A tool server with its own key and unlimited connections."""
    _, secret = await ServiceKeys(
        KeyStore(database, vault_of(deployment.env)), utc_now, NO_AUDIT
    ).create(tenant="default", roles=[Role.TOKENS])
    async with loopback_client(
        headers={"Authorization": f"Bearer {secret.reveal()}"},
        limits=httpx.Limits(
            max_connections=None, max_keepalive_connections=None, keepalive_expiry=None
        ),
    ) as client:
        yield client


async def connect(deployment: Deployment, connector: str) -> None:
    """Sign in and link an account in a browser."""
    async with Browser(deployment.public_url, httpx.AsyncHTTPTransport(verify=NO_TLS)) as browser:
        await browser.sign_in("alice")
        outcome = await browser.connect(connector, ACCOUNTS[connector])
        assert outcome in {"connected", "reconnected"}, browser.text[:500]


async def ask(
    tool: httpx.AsyncClient, gateway: GatewayProcess, connector: str, **wanted: str
) -> httpx.Response:
    """Call for a token."""
    return await tool.post(
        f"{gateway.url}/v1/connectors/{connector}/token", json={"user": "alice", **wanted}
    )


async def ask_everywhere(
    tool: httpx.AsyncClient, deployment: Deployment, calls: int, connector: str, **wanted: str
) -> list[httpx.Response]:
    """Make this many concurrent calls, spread over the gateways."""
    gateways = deployment.gateways
    return await asyncio.gather(
        *(ask(tool, gateways[n % len(gateways)], connector, **wanted) for n in range(calls))
    )


class Arrivals:
    """Counts the requests that are sent and wait for their response."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, event: str, info: Any) -> None:
        """Receive an event of the HTTP client (httpx's ``trace`` extension)."""
        self.count += event == "http11.receive_response_headers.started"

    def reach(self, count: int) -> Callable[[], Awaitable[bool]]:
        """Return a condition for ``until``: this many requests wait."""

        async def reached() -> bool:
            return self.count >= count

        return reached


async def has_expired(answer: httpx.Response) -> bool:
    """Return whether a token has expired, for its provider and for the gateways."""
    return not works(answer, "/oauth2/v3/userinfo") and utc_now() >= expiry_of(answer)


async def is_refreshing(database: Database) -> bool:
    """Return whether a lease is held."""
    rows = database.collection("connections")
    return await rows.find_one({"refresh.owner": {"$gt": ""}}) is not None


async def refuses(gateway: GatewayProcess) -> bool:
    """Return whether a gateway accepts no new connections."""
    try:
        async with loopback_client() as newcomer:
            await newcomer.get(f"{gateway.url}/healthz")
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        return False  # it was just closing its socket
    return False


@pytest.mark.requirement("D1")
async def test_two_hundred_callers_of_two_processes_cause_one_refresh_of_an_expired_token(
    deployment: Deployment, tool: httpx.AsyncClient
) -> None:
    sandbox = deployment.sandbox
    sandbox.token_life("google", LIFE_SECONDS)
    await connect(deployment, "google")
    sandbox.token_life("google", None)
    first = await ask(tool, deployment.gateways[1], "google")
    old = token_of(first)
    await until(lambda: has_expired(first))
    mark = sandbox.mark()

    answers = await ask_everywhere(tool, deployment, 200, "google")

    tokens = {token_of(answer) for answer in answers}
    assert len(answers) == 200
    assert len(tokens) == 1
    assert old not in tokens
    assert asked(sandbox, "google", mark) == ["issued"]
    (request,) = sandbox.token_requests("google", after=mark)
    assert request["grant_type"] == "refresh_token"
    assert works(answers[0], "/oauth2/v3/userinfo")


@pytest.mark.requirement("D1", "D9")
async def test_two_hundred_reports_of_a_refused_token_cause_one_refresh_of_a_strict_grant(
    deployment: Deployment, tool: httpx.AsyncClient
) -> None:
    """Notion's refresh tokens are single-use, and a second use revokes the grant."""
    sandbox = deployment.sandbox
    await connect(deployment, "notion")
    mark = sandbox.mark()

    seen = [token_of(await ask(tool, deployment.gateways[0], "notion"))]
    for _ in range(2):
        rejected = fingerprint(seen[-1])
        answers = await ask_everywhere(
            tool, deployment, 200, "notion", rejected_token_sha256=rejected
        )
        (token,) = {token_of(answer) for answer in answers}
        seen.append(token)

    assert len(set(seen)) == 3
    assert asked(sandbox, "notion", mark) == ["issued"] * 2
    assert works(answers[0], "/users/me")


@pytest.mark.requirement("D4", "L3")
async def test_a_stopping_process_finishes_its_refresh_and_its_callers(
    deployment: Deployment, tool: httpx.AsyncClient, database: Database
) -> None:
    """No issued token is lost, and no caller gets an error."""
    sandbox = deployment.sandbox
    await connect(deployment, "notion")
    ending, other = deployment.gateways
    old = token_of(await ask(tool, ending, "notion"))
    mark = sandbox.mark()

    arrivals = Arrivals()
    with deployment.providers_silent():
        callers = [
            asyncio.create_task(
                tool.post(
                    f"{ending.url}/v1/connectors/notion/token",
                    json={"user": "alice", "rejected_token_sha256": fingerprint(old)},
                    extensions={"trace": arrivals},
                )
            )
            for _ in range(50)
        ]
        await until(arrivals.reach(50))
        # Connections are served in order: when this late caller has its response, the gateway has
        # started all others.
        assert not await refuses(ending)
        await until(lambda: is_refreshing(database))
        started = time.monotonic()
        ending.process.send_signal(signal.SIGTERM)
        await until(lambda: refuses(ending))
        # No caller is refused while the provider may still answer.
        done, _ = await asyncio.wait(callers, timeout=0.5)
        assert not done

    answers = await asyncio.gather(*callers)
    code = await asyncio.to_thread(ending.process.wait, PATIENCE_SECONDS)
    assert (code, time.monotonic() - started < GRACE_SECONDS) == (0, True)
    (new,) = {token_of(answer) for answer in answers}
    assert new != old
    # The other process serves the stored token, and can refresh it.
    assert token_of(await ask(tool, other, "notion")) == new
    next_one = await ask(tool, other, "notion", rejected_token_sha256=fingerprint(new))
    assert works(next_one, "/users/me")
    assert asked(sandbox, "notion", mark) == ["issued"] * 2
