"""The administrators' page about rate limits and budgets."""

from __future__ import annotations

import re

import pytest

from gateway.access.service_keys import Role
from gateway.store.usage_rules import Each, Selector
from gateway.usage.prices import Prices
from gateway.web.limit_pages import LIMITS
from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.metering import budget, make_calls, price
from tests.support.organisation import ADMIN
from tests.support.problems import problem

NASTY = "<img src=x onerror=alert(1)> \u202e"


async def said(browser: Browser, page: str) -> str:
    answer = await browser.open(page)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    return " ".join(words(browser).split())


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
    await admin.open(LIMITS)
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
    text = await said(admin, LIMITS)
    assert "1 call a day, at Notion" in text
    assert re.search(r"1 of 1, ends \d+ \w+ \d{4}, 00:00 UTC", text)
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
        ({"most": "many"}, "The amount must be a whole number above 0"),
        ({"most": "0"}, "amount must be a whole number above 0"),
        ({"most": "12.50"}, "amount must be a whole number above 0"),
        ({"most": "a lot", "unit": "money"}, "amount must be US dollars"),
        ({"name": "\u200b"}, "name"),
        ({"period": "minute", "unit": "money"}, "counts calls"),
        ({"connector": "nonesuch"}, "connector"),
        ({"period": "year"}, "Period"),
    ],
)
async def test_a_wrong_rule_keeps_what_was_typed(
    gateway: Harness, values: dict[str, str], problem_says: str
) -> None:
    admin = await gateway.browser(ADMIN)
    await admin.open(LIMITS)
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
        await admin.open(LIMITS)
        await admin.submit({"unit": "calls", "period": "day"} | values, button="Add rule")
        assert admin.outcome() == "usage_rule_set", admin.text[:800]
    text = await said(admin, LIMITS)
    assert "60 calls a minute, for each user" in text
    assert "12.5 USD a month" in text
    assert "1,000 bytes a day, for alice" in text
    assert "<img src=x" not in admin.page.text


async def test_only_administrators_see_the_page(gateway: Harness) -> None:
    assert (await (await gateway.browser("alice")).open(LIMITS)).status_code == 403
    stranger = await gateway.browser()
    await stranger.open(LIMITS)
    assert stranger.url.startswith(f"{gateway.settings.public_url}/login")


async def test_a_counter_is_named_by_what_people_call_it(gateway: Harness) -> None:
    key, _ = await gateway.services.keys.create(
        tenant="default", roles=[Role.PROXY], label="mail merge"
    )
    rules = [
        budget(9, name="keys", each=[Each.KEY, Each.CONNECTOR]),
        budget(9, name="one", selector=Selector(key=key.id, connector="notion")),
    ]
    await gateway.services.meter.rules.set("default", rules, revision=0)
    await make_calls(gateway, 2, key_id=key.id)
    text = await said(await gateway.browser(ADMIN), LIMITS)
    assert "9 calls a day, for each service key, for each connector" in text
    assert "mail merge Notion: 2 of 9" in text
    assert "9 calls a day, by mail merge, at Notion" in text
    assert key.id not in text


async def test_a_dry_run_on_the_page(gateway: Harness) -> None:
    admin = await gateway.browser(ADMIN)
    await admin.open(LIMITS)
    await admin.submit({"name": "None", "most": "1"}, button="Add rule")
    await make_calls(gateway)
    query = "?user=alice&connector=notion&method=GET&path=/v1/pages/42"
    text = await said(admin, LIMITS + query)
    assert "Refused by None" in text
    assert "GET /pages/{id}" in text  # as the proxy counts it, below the API's address
    assert "Price: unknown. Nothing was sent" in text
    prices = [price("GET /pages/{id}", connector="notion", confirmed=False)]
    gateway.services.meter.prices = Prices(prices)
    assert "Price: about 0.01 USD." in await said(admin, LIMITS + query)
    for wrong in ("?path=/x", "?user=a&connector=nonesuch&method=GET&path=/x"):
        assert "needs a user, a connector" in await said(admin, LIMITS + wrong)
