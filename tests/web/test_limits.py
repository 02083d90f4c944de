"""Rate limits: 429 from every process (security F6, L1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.altered import altered
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import StoppedClock
from tests.support.waiting import until

TIGHT = (
    "key_failures=3/m,sign_ins=4/m,session_requests=40/m,session_starts=3/m,user_starts=5/m,"
    "refreshes=2/m,api_calls=6/m,token_reads=5/m"
)
GUESS = f"Bearer gwk_{'0' * 16}_{'1' * 64}"
TOKEN = "/v1/connectors/google/token"

Open = Callable[..., AbstractAsyncContextManager[Harness]]


@pytest.fixture
def clock() -> StoppedClock:
    """A clock that a slow test cannot move: no permit comes back by itself."""
    return StoppedClock()


@pytest.fixture
def opened(mongodb_url: str, database_name: str, sandbox: SandboxProcess, clock: FakeClock) -> Open:
    """Opens a gateway with tight limits: one more process of the same deployment each time."""

    def process(**settings: object) -> AbstractAsyncContextManager[Harness]:
        wanted: dict[str, Any] = {"limits": TIGHT, **settings}
        return running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
            **wanted,
        )

    return process


@pytest.fixture
async def tight(opened: Open) -> AsyncIterator[Harness]:
    """One process with tight limits."""
    async with opened() as harness:
        yield harness


async def caller(harness: Harness, peer: str, **headers: str) -> httpx.AsyncClient:
    """A client whose connections come from ``peer``."""
    inner = harness.transport
    assert isinstance(inner, httpx.ASGITransport)
    transport = httpx.ASGITransport(inner.app, raise_app_exceptions=False, client=(peer, 4711))
    client = httpx.AsyncClient(
        base_url=GATEWAY_URL, transport=transport, headers=headers, trust_env=False
    )
    return await harness.stack.enter_async_context(client)


async def guess(client: httpx.AsyncClient, **headers: str) -> int:
    """Send an unknown key; return the answer's status."""
    answer = await client.get("/v1/keys", headers={"Authorization": GUESS, **headers})
    return answer.status_code


@pytest.mark.requirement("F6")
async def test_guessing_keys_ends_with_429_and_when_to_come_back(
    tight: Harness, clock: FakeClock
) -> None:
    client = await caller(tight, "203.0.113.1", Authorization=GUESS)
    for _ in range(3):
        problem(await client.get("/v1/keys"), 401, "unauthorized")
    answer = await client.get("/v1/keys")
    assert "20 s" in problem(answer, 429, "rate_limited")["detail"]
    assert answer.headers["retry-after"] == "20"
    clock.advance(seconds=20)
    assert [await guess(client), await guess(client)] == [401, 429]


@pytest.mark.requirement("F6")
async def test_key_over_the_limit_is_not_looked_up(tight: Harness) -> None:
    """A right guess gets the same answer as a wrong one."""
    key = await tight.key(Role.ADMIN)
    client = await caller(tight, "203.0.113.1")
    for _ in range(4):
        await guess(client)
    right = {"Authorization": f"Bearer {key}"}
    problem(await client.get("/v1/keys", headers=right), 429, "rate_limited")
    problem(await client.get("/v1/keys", headers={"Authorization": "x"}), 429, "rate_limited")
    elsewhere = await caller(tight, "203.0.113.2")
    assert (await elsewhere.get("/v1/keys", headers=right)).status_code == 200


@pytest.mark.requirement("F6")
@pytest.mark.usefixtures("lasting_cache")
async def test_valid_cached_key_is_served_at_the_address_of_a_guesser(tight: Harness) -> None:
    client = await caller(tight, "203.0.113.1")
    right = {"Authorization": f"Bearer {await tight.key(Role.ADMIN)}"}

    async def is_served() -> bool:
        tight.clock.advance(minutes=1)
        assert (await client.get("/v1/keys", headers=right)).status_code == 200
        assert [await guess(client) for _ in range(5)] == [401, 401, 401, 429, 429]
        return (await client.get("/v1/keys", headers=right)).status_code == 200

    # The notice of the new key may come late, and take the key out of the cache once.
    await until(is_served)
    wrong = {"Authorization": altered(right["Authorization"])}
    problem(await client.get("/v1/keys", headers=wrong), 429, "rate_limited")


async def test_valid_keys_do_not_count_as_failures(tight: Harness) -> None:
    client = await caller(
        tight, "203.0.113.1", Authorization=f"Bearer {await tight.key(Role.ADMIN)}"
    )
    assert [(await client.get("/v1/keys")).status_code for _ in range(5)] == [200] * 5
    assert [await guess(client) for _ in range(4)] == [401, 401, 401, 429]


@pytest.mark.requirement("F6")
@pytest.mark.parametrize(
    ("hops", "forged"),
    [
        (0, "{n}.{n}.{n}.{n}"),
        (1, "{n}.{n}.{n}.{n}, 203.0.113.1"),
        (2, "{n}.{n}.{n}.{n}, 203.0.113.1, 198.51.100.2"),
        (2, "{n}.{n}.{n}.{n}"),
    ],
)
async def test_a_forged_header_does_not_evade(opened: Open, hops: int, forged: str) -> None:
    """With any header of the client, behind 0, 1 and 2 proxies, and past them."""
    async with opened(proxy_hops=hops) as harness:
        client = await caller(harness, "192.0.2.1")
        headers = [{"X-Forwarded-For": forged.format(n=n)} for n in range(1, 6)]
        assert [await guess(client, **each) for each in headers] == [401, 401, 401, 429, 429]


@pytest.mark.requirement("F6")
@pytest.mark.parametrize(("hops", "last"), [(1, ""), (2, ", 198.51.100.2")])
async def test_clients_behind_a_trusted_proxy_are_told_apart(
    opened: Open, hops: int, last: str
) -> None:
    async with opened(proxy_hops=hops) as harness:
        client = await caller(harness, "192.0.2.1")
        for address in ("203.0.113.1", "203.0.113.2"):
            headers = {"X-Forwarded-For": f"10.0.0.1, {address}{last}"}
            assert [await guess(client, **headers) for _ in range(4)] == [401, 401, 401, 429]


@pytest.mark.requirement("F6")
async def test_an_ipv6_client_has_one_limit_for_all_its_addresses(tight: Harness) -> None:
    clients = [await caller(tight, f"2001:db8:0:1::{n}") for n in range(1, 5)]
    assert [await guess(client) for client in clients] == [401, 401, 401, 429]


@pytest.mark.requirement("F6")
async def test_two_processes_share_their_limits(opened: Open) -> None:
    async with opened() as one, opened() as other:
        clients = [await caller(each, "203.0.113.1") for each in (one, other)]
        assert [await guess(clients[n % 2]) for n in range(5)] == [401, 401, 401, 429, 429]
        key = {"Authorization": f"Bearer {await one.key(Role.TOKENS)}"}
        answers = [
            await clients[n % 2].post(TOKEN, json={"user": "alice"}, headers=key) for n in range(3)
        ]
        assert {answer.status_code for answer in answers} == {429}  # not looked up: no key is known


@pytest.mark.requirement("F6")
async def test_signing_in_is_limited_by_address_with_a_page(tight: Harness) -> None:
    browser = await tight.browser()
    for _ in range(4):
        await browser.open("/login")
        await browser.submit({"name": "alice"}, action="/login")
        browser.client.cookies.clear()
    await browser.open("/login")
    answer = await browser.submit({"name": "alice"}, action="/login")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
    assert "Too many requests" in browser.text
    assert "try again in 15 s" in browser.text
    assert browser.client.cookies.get("gateway_session") is None


@pytest.mark.requirement("F6")
async def test_leaving_for_a_sign_in_elsewhere_and_coming_back_are_limited(
    mongodb_url: str, database_name: str, clock: FakeClock, rows: Rows
) -> None:
    """Neither makes rows without end, nor lets one guess at attempts."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        limits="sign_ins=3/m",
        login="handoff",
        handoff_url="https://host.example/login",
    ) as harness:
        client = await caller(harness, "203.0.113.1", Origin=GATEWAY_URL)
        left = [await client.post("/login", data={"next": ""}) for _ in range(5)]
        assert [answer.status_code for answer in left] == [200, 200, 200, 429, 429]
        assert len(await rows.logins()) == 3
        back = await client.get("/login/continue?login_verifier=x")
        problem(back, 429, "rate_limited")


async def started(harness: Harness, user: str, count: int) -> list[httpx.Response]:
    """Start ``count`` flows, one after the other, in a new browser."""
    browser = await harness.browser(user)
    await browser.open("/connectors/google")
    headers = {"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token(), "Accept": "*/*"}
    url = f"{GATEWAY_URL}/v1/connectors/google/start"
    return [await browser.client.post(url, json={}, headers=headers) for _ in range(count)]


@pytest.mark.requirement("L1")
async def test_starts_are_limited_by_session_and_by_user(tight: Harness, rows: Rows) -> None:
    answers = await started(tight, "alice", 5)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    problem(answers[-1], 429, "rate_limited")
    again = await started(tight, "alice", 3)  # another session of the same user
    assert [answer.status_code for answer in again] == [200, 200, 429]
    other = await started(tight, "bob", 1)
    assert other[0].status_code == 200
    assert len(await rows.flows()) == 6


@pytest.mark.requirement("L1")
async def test_a_flood_of_starts_leaves_ten_open_and_the_newest_works(
    opened: Open, rows: Rows
) -> None:
    async with opened(limits="session_starts=off,user_starts=off") as harness:
        browser = await harness.browser("alice")
        await browser.open("/connectors/google")
        headers = {"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token(), "Accept": "*/*"}
        for _ in range(30):
            harness.clock.advance(seconds=1)
            answer = await browser.client.post(
                f"{GATEWAY_URL}/v1/connectors/google/start", json={}, headers=headers
            )
            assert answer.status_code == 200
        assert len(await rows.flows()) == 10
        assert await browser.connect("google", ACCOUNTS["google"]) == "connected"


@pytest.mark.requirement("F6")
async def test_a_session_is_limited_as_a_whole(tight: Harness) -> None:
    browser = await tight.browser("alice")
    url = f"{GATEWAY_URL}/v1/connections"
    answers = [await browser.client.get(url, headers={"Accept": "*/*"}) for _ in range(41)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429]
    problem(answers[-1], 429, "rate_limited")
    other = await tight.browser("alice")
    assert (await other.client.get(url)).status_code == 200


@pytest.mark.requirement("F6")
async def test_forced_refreshes_and_reported_tokens_are_limited_by_key_and_user(
    tight: Harness,
) -> None:
    """Reads are not."""
    api = await tight.api(Role.TOKENS)

    async def refresh(user: str) -> int:
        path = "/v1/connectors/google/refresh"
        return (await api.post(path, json={"user": user})).status_code

    async def report(user: str) -> int:
        wanted = {"user": user, "rejected_token_sha256": "0" * 64}
        return (await api.post(TOKEN, json=wanted)).status_code

    assert [await refresh("alice"), await report("alice"), await refresh("alice")] == [
        409,
        409,
        429,
    ]
    assert await report("bob") == 409
    assert (await tight.token("google", "alice")).status_code == 409


@pytest.mark.requirement("F6")
async def test_calls_are_limited_by_key(tight: Harness) -> None:
    admin, other = await tight.api(Role.ADMIN), await tight.api(Role.ADMIN, tenant="other")
    statuses = [(await admin.get("/v1/keys")).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    problem(await admin.get("/v1/keys"), 429, "rate_limited")
    assert (await other.get("/v1/keys")).status_code == 200


@pytest.mark.requirement("F6")
async def test_token_reads_are_limited_by_key_where_an_operator_says_so(
    opened: Open, clock: FakeClock
) -> None:
    """All users of the key together; without the setting there is no limit."""
    async with opened() as harness:
        reads = [await harness.token("google", f"u{n}") for n in range(6)]
        assert [answer.status_code for answer in reads] == [409] * 5 + [429]
        assert problem(reads[-1], 429, "rate_limited")
        assert reads[-1].headers["retry-after"] == "12"
        clock.advance(seconds=12)
        assert (await harness.token("google", "alice")).status_code == 409
    async with opened(limits="") as harness:
        statuses = {(await harness.token("google", "alice")).status_code for _ in range(50)}
        assert statuses == {409}


async def test_public_endpoints_are_not_limited(tight: Harness) -> None:
    """Probes and the list of connectors."""
    client = await caller(tight, "203.0.113.1")
    for path in ("/healthz", "/v1/connectors/available", "/login"):
        statuses = {(await client.get(path)).status_code for _ in range(50)}
        assert statuses == {200}
