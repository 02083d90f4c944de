"""The pages about usage: a person's own, and the administrators' with its rules."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gateway.access.service_keys import Role
from gateway.store.usage import Sum
from gateway.usage.prices import Prices
from gateway.web.usage_pages import DAYS, ORGANISATION_USAGE, PLOT_HEIGHT, USAGE, bars, cost, size
from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.metering import DONE, call, price
from tests.support.organisation import ADMIN
from tests.support.problems import problem

NASTY = "<img src=x onerror=alert(1)> \u202e"


async def make(gateway: Harness, count: int = 1, **facts: str) -> None:
    for _ in range(count):
        attempt = await gateway.services.meter.admit(
            call(**{"connector": "notion", "path": "/v1/search", "method": "POST"} | facts)
        )
        await attempt.settle(DONE)
    await gateway.services.meter.flush()


async def said(browser: Browser, page: str) -> str:
    answer = await browser.open(page)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    return " ".join(words(browser).split())


@pytest.mark.requirement("F1")
async def test_a_person_sees_their_own_calls_alone(gateway: Harness) -> None:
    gateway.services.meter.prices = Prices([price("POST /v1/search", connector="notion")])
    await make(gateway, 3)
    await make(gateway, user="bob", path="/v1/secrets")
    alice = await gateway.browser("alice")
    text = await said(alice, USAGE)
    assert "3 calls" in text
    assert "0.03 USD" in text
    assert "POST /v1/search" in text
    assert "secrets" not in text
    assert re.search(r"<title>\d{4}-\d\d-\d\d: 3 calls</title>", alice.page.text)
    assert "Nothing here yet" in await said(await gateway.browser("carol"), USAGE)
    stranger = await gateway.browser()
    await stranger.open(USAGE)
    assert stranger.url.startswith(f"{gateway.settings.public_url}/login")


async def test_an_unknown_price_is_never_nothing(gateway: Harness) -> None:
    await make(gateway, 2)
    text = await said(await gateway.browser("alice"), USAGE)
    assert "Cost: 2 unknown" in text


async def test_only_administrators_see_the_organisation(gateway: Harness) -> None:
    alice = await gateway.browser("alice")
    assert (await alice.open(ORGANISATION_USAGE)).status_code == 403
    await make(gateway)
    await make(gateway, user="bob")
    text = await said(await gateway.browser(ADMIN), ORGANISATION_USAGE)
    assert "2 calls" in text
    assert "bob" in text


async def test_a_budget_set_in_the_browser_stops_the_next_call_with_its_name(
    gateway: Harness,
) -> None:
    alice = await gateway.browser("alice")
    assert await alice.connect("notion", ACCOUNTS["notion"]) == "connected"
    tools = await gateway.api(Role.PROXY)
    address, headers = "/v1/proxy/notion/v1/users/me", {"Gateway-User": "alice"}
    answer = await tools.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["gateway-price"] == "unknown"

    admin = await gateway.browser(ADMIN)
    await admin.open(ORGANISATION_USAGE)
    await admin.submit(
        {"name": "One a day", "most": "1", "unit": "calls", "period": "day", "connector": "notion"},
        button="Add rule",
    )
    assert admin.outcome() == "usage_rule_set", admin.text[:500]
    assert "One a day" in words(admin)
    assert (await tools.get(address, headers=headers)).status_code == 200
    refused = await tools.get(address, headers=headers)
    body = problem(refused, 402, "budget_spent")
    assert body["rule_name"] == "One a day"
    assert body["rule"].startswith("one-a-day-")
    assert refused.headers["gateway-error"] == "budget_spent"
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    # An alias and another spelling of the path lead around nothing.
    for other in ("/v1/proxy/notion/users/me", "/v1/proxy/notion/v1/users/m%65"):
        assert (await tools.get(other, headers=headers)).status_code in {400, 402, 422}

    await gateway.services.meter.flush()
    text = await said(admin, ORGANISATION_USAGE)
    assert "1 of 1, ends " in text
    await admin.submit(action="/remove")
    assert admin.outcome() == "usage_rule_removed"
    assert (await tools.get(address, headers=headers)).status_code == 200
    api = await gateway.api(Role.ADMIN)
    events = (await api.get("/v1/usage/events")).json()["events"]
    assert {event["user"] for event in events} == {"alice"}
    assert "refused_by_rule" in {event["result"] for event in events}


@pytest.mark.parametrize(
    ("values", "problem_says"),
    [
        ({"most": "many"}, "amount"),
        ({"most": "0"}, "amount"),
        ({"most": "12.50"}, "most"),
        ({"name": "\u200b"}, "name"),
        ({"period": "minute", "unit": "money"}, "counts calls"),
        ({"connector": "nonesuch"}, "connector"),
        ({"period": "year"}, "period"),
    ],
)
async def test_a_wrong_rule_keeps_what_was_typed(
    gateway: Harness, values: dict[str, str], problem_says: str
) -> None:
    admin = await gateway.browser(ADMIN)
    await admin.open(ORGANISATION_USAGE)
    typed = {"name": "My rule", "most": "5", "unit": "calls", "period": "day"} | values
    answer = await admin.submit(typed, button="Add rule")
    assert answer.status_code == 422
    assert problem_says in words(admin)
    assert f'value="{typed["most"]}"' in answer.text
    assert (await gateway.services.meter.rules.read("default")).rules == ()


async def test_rates_money_and_limits_of_each_can_be_set(gateway: Harness) -> None:
    admin = await gateway.browser(ADMIN)
    for values in (
        {"name": "Slowly", "most": "60", "period": "minute", "each": "user"},
        {"name": "Money", "most": "12.50", "unit": "money", "period": "month", "mode": "observe"},
        {"name": NASTY, "most": "1000", "unit": "bytes", "user": "alice"},
    ):
        await admin.open(ORGANISATION_USAGE)
        await admin.submit({"unit": "calls", "period": "day"} | values, button="Add rule")
        assert admin.outcome() == "usage_rule_set", admin.text[:800]
    text = await said(admin, ORGANISATION_USAGE)
    assert "60 calls in 60 s, for each user" in text
    assert "12.5 USD a month" in text
    assert "1000 bytes a day, user alice" in text
    assert "<img src=x" not in admin.page.text


async def test_a_dry_run_on_the_page(gateway: Harness) -> None:
    admin = await gateway.browser(ADMIN)
    await admin.open(ORGANISATION_USAGE)
    await admin.submit({"name": "None", "most": "1"}, button="Add rule")
    await make(gateway)
    query = "?user=alice&connector=notion&method=GET&path=/v1/pages/42"
    text = await said(admin, ORGANISATION_USAGE + query)
    assert "Refused by None" in text
    assert "GET /pages/{id}" in text  # as the proxy counts it, below the API's address
    assert "Nothing was sent" in text
    for wrong in ("?path=/x", "?user=a&connector=nonesuch&method=GET&path=/x"):
        assert "needs a user, a connector" in await said(admin, ORGANISATION_USAGE + wrong)


def test_bars_are_as_high_as_their_days() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    found = bars(
        since,
        [
            Sum(of={"day": "2026-11-02"}, calls=10, refused=5),
            Sum(of={"day": "2026-11-03"}, calls=1),
        ],
    )
    assert len(found) == DAYS
    heights = [(bar.height, bar.refused_height) for bar in found[:4]]
    assert heights == [(0, 0), (PLOT_HEIGHT, PLOT_HEIGHT // 2), (12, 0), (0, 0)]
    assert found[1].title == "2026-11-02: 10 calls, 5 refused by a rule"
    assert bars(since, [])[0].height == 0


def test_amounts_in_words() -> None:
    assert [size(count) for count in (0, 999, 1500, 10**9)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "1.0 GB",
    ]
    known = Sum(of={}, cost={"USD": 25 * 10**8}, unconfirmed_prices=1, unknown_prices=3)
    assert cost(known) == "about 2.5 USD + 3 unknown"
