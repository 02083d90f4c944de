"""Rules on the way out: refused before the provider sees anything, counted to the byte."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.store.mongo import Document
from gateway.store.usage_rules import (
    Algorithm,
    Budget,
    Each,
    Period,
    RateLimit,
    Rule,
    Selector,
    Unit,
)
from gateway.usage.prices import Prices
from tests.support.metering import budget, price
from tests.support.problems import problem
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

AT = "/v1/proxy/relay/"
MIB = 1024 * 1024


async def set_rules(proxy: Proxy, *rules: Rule) -> None:
    meter = proxy.harness.services.meter
    revision = (await meter.rules.read("default")).revision
    await meter.rules.set("default", rules, revision=revision)


async def counters(proxy: Proxy) -> dict[str, Document]:
    """The budgets' counters once all is settled, by rule."""
    meter = proxy.harness.services.meter
    await meter.flush()
    rules = (await meter.rules.read("default")).rules
    return {
        one.rule: {"spent": one.spent, "reserved": one.reserved}
        for one in await meter.balances("default", rules, limit=10)
    }


async def test_a_refused_call_reaches_no_provider(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    limit = RateLimit(most=1, seconds=60, algorithm=Algorithm.WINDOW)
    await set_rules(proxy, Rule(id="slow", name="Slowly", rate=limit))
    assert (await proxy.client.get(AT + "echo")).status_code < 500
    seen = len(provider.calls)
    answer = await proxy.client.get(AT + "echo")
    body = problem(answer, 429, "rule_rate_limited")
    assert (body["rule"], body["rule_name"]) == ("slow", "Slowly")
    assert answer.headers["gateway-error"] == "rule_rate_limited"
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert len(provider.calls) == seen


@pytest.mark.requirement("I1")
@pytest.mark.parametrize("spelling", ["effect", "eff%65ct", "api/v1/effect"])
async def test_no_spelling_leads_around_a_rule(
    proxy: Proxy, provider: StrictProvider, spelling: str
) -> None:
    await proxy.connect()
    for name, operation in (("short", "* /effect"), ("whole", "POST /api/v1/effect")):
        rule = Selector(connector="relay", operation=operation)
        await set_rules(proxy, budget(1, selector=rule, name=name))
        first = await proxy.client.post(AT + "effect", content=b"x")
        assert first.status_code < 400
        effects = provider.effects
        assert (await proxy.client.post(AT + spelling, content=b"x")).status_code in {400, 402}
        assert provider.effects == effects


async def test_an_answer_ends_where_its_budget_of_bytes_ends(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    await set_rules(proxy, budget(3 * MIB, Unit.BYTES))
    whole = await proxy.client.get(AT + f"big?n={MIB + 7}")
    assert len(whole.content) == MIB + 7
    assert (await counters(proxy))["b"] == {"spent": MIB + 7, "reserved": 0}
    got: list[int] = []

    async def read() -> None:
        async with proxy.client.stream("GET", AT + f"big?n={5 * MIB}") as answer:
            async for part in answer.aiter_raw():
                got.append(len(part))

    with pytest.raises(httpx.TransportError):  # never a clean end
        await read()
    assert 0 < sum(got) <= 2 * MIB - 7
    assert (await counters(proxy))["b"]["spent"] <= 3 * MIB
    events = await proxy.events()
    assert (events[-1]["result"], events[-1]["error"]) == ("aborted", "budget_spent")
    assert (
        sum(one["amount"] for event in events for one in event["charges"])
        == (await counters(proxy))["b"]["spent"]
    )


@pytest.mark.parametrize("declared", [True, False])
async def test_a_request_ends_where_its_budget_of_bytes_ends(
    proxy: Proxy, provider: StrictProvider, declared: bool
) -> None:
    await proxy.connect()
    await set_rules(proxy, budget(MIB, Unit.BYTES))

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 65536

    headers = {"Content-Length": str(2 * MIB)} if declared else {}
    try:
        answer = await proxy.client.put(AT + "sink", content=parts(), headers=headers)
    except httpx.TransportError:  # the rest of the request is not read
        pass
    else:
        problem(answer, 402, "budget_spent")
    assert (await counters(proxy))["b"]["spent"] <= MIB
    assert (await counters(proxy))["b"]["reserved"] == 0


async def test_money_is_charged_by_the_answer(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    units = [{"unit": "byte", "amount": "0.001", "read": ["got"], "most": 1000}]
    prices = Prices([price("PUT /sink", connector="relay", units=units)])
    proxy.harness.services.meter.prices = prices
    money = Budget(most=2 * 10**9, unit=Unit.MONEY, period=Period.DAY, currency="USD")
    await set_rules(proxy, Rule(id="usd", name="Two dollars", budget=money, each=(Each.USER,)))
    for _ in range(3):  # a dollar is reserved for each, and three cents are charged
        answer = await proxy.client.put(AT + "sink", content=b"x" * 30)
        assert answer.json() == {"got": 30}
        assert answer.headers["gateway-price"] == "measured USD, by=byte, most=1"
        spent = (await counters(proxy))["usd"]
    assert spent == {"spent": 90_000_000, "reserved": 0}
    events = await proxy.events()
    assert {event["price"]["nanos"] for event in events} == {30_000_000}
    other = await proxy.client.get(AT + "big?n=1")
    assert problem(other, 402, "price_unknown")["rule_name"] == "Two dollars"


async def test_a_repeated_call_after_a_401_counts_twice(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    await set_rules(proxy, budget(10))
    provider.expire()
    assert (await proxy.client.get(AT + "big?n=1")).status_code == 200
    assert (await counters(proxy))["b"] == {"spent": 2, "reserved": 0}
