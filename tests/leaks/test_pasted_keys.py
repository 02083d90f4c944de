"""Pasted secrets appear in the answers of token reads alone: in every use, with every fault.

The gateway runs in this process at log level debug. At the end the tests search everything that it
said and stored: logs, answers, pages, audit, metrics, webhooks and the whole database.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.observe.access_log import flush_logs
from gateway.settings.environment import Driver
from gateway.store.events import Event
from gateway.store.mongo import open_database
from gateway.store.rows import read_fields
from gateway.webhooks.delivery import body_of
from tests.leaks.canaries import Canaries
from tests.leaks.journey import stored
from tests.support.answers import WatchedTransport
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness
from tests.support.pasted import (
    CLIENT,
    INPUTS,
    KEY,
    OTHER_KEY,
    OTHER_PAIR,
    PAIR,
    SECRET,
    Providers,
    gateway_with_keys,
    paste,
)
from tests.support.rows import Rows

WRONG = "kd-live-00ff11ee22dd33cc"
CARRIERS = ("/token", "/refresh")
AGAIN = {"refresh.not_before": None, "refresh.owner": None, "refresh.until": None}
"""Ends the pause after a failure, and the lease that a defect left behind."""


class TalkativeProviders(Providers):
    """Providers that repeat the key and the address in each refusal and error."""

    fault: Callable[[httpx.Request], Exception] | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer with everything that came, or fail with an error that quotes it."""
        if self.fault is not None:
            raise self.fault(request)
        answer = super().answer(request)
        if answer.status_code < 400:
            return answer
        said = f"{request.url} {dict(request.headers)} {request.content!r}"
        body = httpx.ByteStream(json.dumps({"error": said, "message": said}).encode())
        return httpx.Response(answer.status_code, stream=body, headers={"x-said": KEY})


FAULTS: list[Callable[[httpx.Request], Exception]] = [
    lambda request: httpx.ConnectError(f"{request.url} {dict(request.headers)}"),
    lambda request: httpx.ReadTimeout(f"{request.url} {request.content!r}"),
    lambda request: httpx.RemoteProtocolError(f"{request.url} {dict(request.headers)}"),
    lambda request: RuntimeError(f"a defect: {request.url} {dict(request.headers)}"),
]


@pytest.fixture
def providers() -> TalkativeProviders:
    return TalkativeProviders()


@pytest.fixture
async def rows(mongodb_url: str, database_name: str) -> AsyncIterator[Rows]:
    """The rows of the gateway's database."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        yield Rows(database)


@pytest.fixture
async def gateway(
    mongodb_url: str,
    database_name: str,
    tmp_path: Path,
    providers: TalkativeProviders,
    clock: FakeClock,
    log: io.StringIO,  # before the gateway opens
) -> AsyncIterator[Harness]:
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as harness:
        yield harness


def calm(gateway: Harness) -> None:
    """Forget the failures after which the gateway would not ask a provider."""
    gateway.services.pasted._provider._outbound.bulkhead._breakers.clear()


async def use_everything(gateway: Harness, browser: Browser, providers: TalkativeProviders) -> None:
    """Paste rightly and wrongly, with every fault; read, check, replace, renew and disconnect."""
    ids = {}
    for name, inputs in (("keyed", INPUTS), ("named", PAIR), ("tokened", CLIENT)):
        for providers.fault in FAULTS:
            await paste(browser, name, inputs)
        providers.fault = None
        for providers.status in (500, 403, 302, 429, None):
            await paste(browser, name, inputs)
        calm(gateway)
        ids[name] = (await paste(browser, name, inputs)).json()["id"]
        assert (await gateway.token(name, "alice")).status_code == 200
    for inputs in (
        INPUTS | {"key": WRONG},
        INPUTS | {"key": KEY[:-1]},
        INPUTS | {"key": KEY + "é"},
        INPUTS | {"workspace": KEY},
        {KEY: KEY},
        {"key": KEY},
    ):
        assert (await paste(browser, "keyed", inputs)).status_code == 422
    assert (await paste(browser, "keyed", INPUTS, label=KEY)).status_code == 422
    await browser.open("/connectors/keyed")
    for key in (WRONG, KEY):
        form = {"input.key": key, "input.workspace": "acme", "label": key}
        await browser.submit(form, action="/connect")
    again = {"reconnect": ids["keyed"]}
    for providers.fault in (*FAULTS, None):
        calm(gateway)
        await paste(browser, "keyed", INPUTS | {"key": OTHER_KEY}, **again)
    await paste(browser, "named", OTHER_PAIR, reconnect=ids["named"])
    digest = hashlib.sha256(OTHER_KEY.encode()).hexdigest()
    rows = gateway.services.pasted._leases._rows
    for providers.fault in (*FAULTS, None):
        for _ in range(2):
            calm(gateway)
            await rows.update_many({}, {"$set": AGAIN})
            await gateway.token("keyed", "alice", rejected_token_sha256=digest)
            gateway.clock.advance(seconds=4000)
            await gateway.token("tokened", "alice")
            for name in ids:
                await gateway.services.renewal.round(name)
    providers.keys, providers.secret = set(), "ts-0000000000000000"
    await rows.update_many({}, {"$set": AGAIN})
    await gateway.token("keyed", "alice", rejected_token_sha256=digest)
    await browser.open("/dashboard/connectors")
    await browser.open(f"/connectors/keyed?reconnect={ids['keyed']}")
    api = await gateway.api(Role.CONNECTIONS)
    await api.get("/v1/connections", params={"user": "alice"})
    for connection in ids.values():
        assert (await api.get(f"/v1/connections/{connection}")).status_code == 200


@pytest.mark.requirement("E1", "J1", "J2", "J3")
async def test_no_pasted_secret_is_left_anywhere(
    gateway: Harness,
    providers: TalkativeProviders,
    rows: Rows,
    mongodb_url: str,
    database_name: str,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also where a provider repeats it in an error, or a person pastes it into a wrong field."""
    canaries = Canaries()
    canaries.add("key", KEY, OTHER_KEY, WRONG, *PAIR.values(), *OTHER_PAIR.values())
    canaries.add("client secret", SECRET)
    watch = WatchedTransport(gateway.transport)
    gateway.transport = watch
    browser = await gateway.browser("alice")
    await use_everything(gateway, browser, providers)

    await gateway.services.audit.flush()
    admin = await gateway.api(Role.ADMIN)
    assert len((await admin.get("/v1/audit", params={"limit": "500"})).json()["lines"]) > 20
    metrics = await admin.get("/metrics")
    assert b"gateway_" in metrics.content
    assert stored(canaries, mongodb_url, database_name) == []
    for row in await rows.connections():
        for event in row["outbox"]:
            assert canaries.found_in(body_of(read_fields(Event, event)).encode()) == []

    assert [
        f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}: {what}"
        for answer in watch.answers
        if not answer.request.url.path.endswith(CARRIERS) or answer.status_code != 200
        for what in canaries.found_in(answer.content + str(answer.headers).encode())
    ] == []
    issued = [a for a in watch.answers if a.request.url.path.endswith(CARRIERS)]
    carried = b"".join(answer.content for answer in issued)
    assert canaries.found_in(carried)
    assert canaries.found_in(carried, but=frozenset({"key"})) == []
    flush_logs()
    assert "key_not_checked" in log.getvalue()
    out, err = capfd.readouterr()
    assert canaries.found_in((log.getvalue() + out + err).encode()) == []
