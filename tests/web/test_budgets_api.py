"""The API for rules of usage, for usage, and for what would happen to a call."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.usage.meter import Outcome, Result
from gateway.usage.prices import Prices
from tests.support.gateway import FakeClock, Harness
from tests.support.metering import DONE, call, price
from tests.support.organisation import ADMIN, headers_of
from tests.support.problems import problem

BUDGET = {"unit": "calls", "most": 2, "period": "day"}
CALL = {"connector": "notion", "path": "/v1/search", "method": "POST"}


def rule(**facts: Any) -> dict[str, Any]:
    return {"id": "day", "name": "Two a day", "budget": BUDGET} | facts


@pytest.fixture
async def api(gateway: Harness) -> httpx.AsyncClient:
    return await gateway.api(Role.ADMIN)


async def put(api: httpx.AsyncClient, *rules: dict[str, Any], revision: int = 0) -> httpx.Response:
    return await api.put("/v1/budgets", json={"revision": revision, "rules": rules})


async def make(gateway: Harness, outcome: Outcome = DONE, **facts: Any) -> None:
    """A call of a tool, recorded."""
    attempt = await gateway.services.meter.admit(call(**CALL | facts))
    await attempt.settle(outcome)


async def stored(gateway: Harness) -> None:
    """Wait until all events are stored."""
    await gateway.services.meter.flush()


async def test_what_is_set_is_read_back_with_what_is_spent(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    money = {"unit": "money", "most": "12.5", "period": "month", "currency": "USD"}
    rules = [
        rule(each=["user"]),
        rule(id="rate", name="Slowly", budget=None, rate={"most": 60, "seconds": 60}),
        rule(id="money", mode="observe", budget=money | {"reserve": "0.25"}),
        rule(id="one", user="alice", key="k", connector="notion", operation="* /v1/**"),
    ]
    answer = await put(api, *rules)
    assert answer.status_code == 200, answer.text
    await make(gateway)
    await stored(gateway)
    body = (await api.get("/v1/budgets")).json()
    assert body["revision"] == 1
    for sent, got in zip(rules, body["rules"], strict=True):
        for name, value in sent.items():
            if isinstance(value, dict):
                assert got[name].items() >= value.items()
            else:
                assert got[name] == value
    day, of_money = sorted(body["balances"], key=lambda one: one["rule"])
    assert (day["rule"], day["subject"], day["spent"], day["most"]) == (
        "day",
        {"user": "alice"},
        "1",
        "2",
    )
    assert (of_money["rule"], of_money["spent"], of_money["most"]) == ("money", "0.25", "12.5")


async def test_a_change_of_older_rules_changes_nothing(api: httpx.AsyncClient) -> None:
    assert (await put(api, rule())).json()["revision"] == 1
    problem(await put(api), 409, "rules_changed")
    problem(await put(api, revision=7), 409, "rules_changed")
    assert len((await api.get("/v1/budgets")).json()["rules"]) == 1
    assert (await put(api, revision=1)).json() == {"revision": 2, "rules": [], "balances": []}


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"budget": None}, "either rate or budget"),
        ({"rate": {"most": 1, "seconds": 1}}, "either rate or budget"),
        ({"connector": "nonesuch"}, "connector"),
        ({"operation": "/v1/pages"}, "operation"),
        ({"operation": "GET /v1/**/x"}, "operation"),
        ({"name": "\u200b"}, "name"),
        ({"budget": BUDGET | {"currency": "USD"}}, "currency"),
        ({"budget": BUDGET | {"most": "2.50"}}, "most"),
        ({"budget": BUDGET | {"reserve": "1"}}, "reserve"),
        ({"budget": BUDGET | {"unit": "money", "most": "1"}}, "currency"),
        ({"budget": {"unit": "money", "most": "0", "period": "day", "currency": "USD"}}, "most"),
        ({"budget": BUDGET | {"most": 0}}, "most"),
        ({"budget": BUDGET | {"period": "week"}}, "period"),
        ({"rate": {"most": 1, "seconds": 90_000}, "budget": None}, "seconds"),
        ({"id": "A b"}, "id"),
        ({"each": ["tenant"]}, "each"),
    ],
)
async def test_a_wrong_rule_is_explained(
    api: httpx.AsyncClient, wrong: dict[str, Any], about: str
) -> None:
    answer = await put(api, rule(**wrong))
    problem(answer, 422, "invalid_request")
    assert about in answer.json()["detail"]


async def test_two_rules_with_one_id_are_refused(api: httpx.AsyncClient) -> None:
    problem(await put(api, rule(), rule()), 422, "invalid_request")


@pytest.mark.requirement("F2")
async def test_only_administrators_manage_rules(gateway: Harness) -> None:
    alice = await gateway.browser("alice")
    url = f"{gateway.settings.public_url}/v1/budgets"
    body = {"revision": 0, "rules": [rule()]}
    alice.client.headers["Accept"] = "application/json"
    problem(await alice.client.get(url), 403, "forbidden")
    problem(await alice.client.put(url, json=body, headers=headers_of(alice)), 403, "forbidden")
    admin = await gateway.browser(ADMIN)
    await admin.open("/dashboard/organisation")
    admin.client.headers["Accept"] = "application/json"
    problem(await admin.client.put(url, json=body), 403, "forbidden")  # without the CSRF token
    assert (await admin.client.put(url, json=body, headers=headers_of(admin))).status_code == 200
    tools = await gateway.api(Role.TOKENS)
    problem(await tools.get("/v1/budgets"), 403, "forbidden")
    problem(await tools.get("/v1/usage"), 403, "forbidden")


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    gateway.services.meter.prices = Prices([price("POST /search", connector="notion")])
    money = {"unit": "money", "most": "1", "period": "day", "currency": "USD"}
    await put(
        api,
        rule(budget=BUDGET | {"most": 1}),
        rule(id="rate", budget=None, rate={"most": 5, "seconds": 60, "algorithm": "window"}),
        rule(id="money", mode="observe", budget=money),
        rule(id="bob", user="bob"),
        rule(id="other", operation="GET /v1/search"),
    )
    wanted = CALL | {"user": "alice"}
    for _ in range(3):  # asking costs nothing
        answer = (await api.post("/v1/budgets/check", json=wanted)).json()
        assert (answer["passes"], answer["refused_by"]) == (True, None)
        assert answer["operation"] == "POST /search"
        assert answer["price"].startswith("0.01 USD, version=2026-11-29-")
        assert [(one["rule"], one["left"]) for one in answer["rules"]] == [
            ("day", "1"),
            ("rate", None),
            ("money", "1"),
        ]
    assert (await api.get("/v1/budgets")).json()["balances"] == []
    await make(gateway)
    await stored(gateway)
    answer = (await api.post("/v1/budgets/check", json=wanted)).json()
    assert (answer["passes"], answer["refused_by"]) == (False, "day")
    refused = answer["rules"][0]
    assert (refused["passes"], refused["error"], refused["left"]) == (False, "budget_spent", "0")
    assert 0 < refused["retry_after"] <= 86_400
    assert len((await api.get("/v1/usage/events")).json()["events"]) == 1


async def test_an_alias_is_stored_as_the_name(gateway: Harness, api: httpx.AsyncClient) -> None:
    config = next(one for one in gateway.services.catalog.descriptions() if one.alias)
    body = (await put(api, rule(connector=config.alias))).json()
    assert body["rules"][0]["connector"] == config.name


async def test_usage_is_summed_and_filtered(
    gateway: Harness, api: httpx.AsyncClient, clock: FakeClock
) -> None:
    gateway.services.meter.prices = Prices([price("POST /v1/search", connector="notion")])
    await make(gateway)
    await make(gateway, user="bob")
    await make(gateway, user="bob", path="/v1/pages/42", method="GET", connector="google")
    await make(gateway, Outcome(result=Result.UNREACHABLE), user="bob")
    await stored(gateway)

    (total,) = (await api.get("/v1/usage")).json()["sums"]
    assert (total["calls"], total["answered"], total["unknown_prices"]) == (4, 3, 1)
    assert total["cost"] == [{"currency": "USD", "amount": "0.02"}]
    assert (total["sent_bytes"], total["received_bytes"]) == (30, 270)

    query = {"by": "connector,user"}
    sums = (await api.get("/v1/usage", params=query)).json()["sums"]
    assert [(one["connector"], one["user"], one["calls"]) for one in sums] == [
        ("notion", "bob", 2),
        ("google", "bob", 1),
        ("notion", "alice", 1),
    ]
    (day,) = (await api.get("/v1/usage", params={"by": "day"})).json()["sums"]
    assert day["day"] == clock().date().isoformat()
    for filters, calls in (
        ({"user": "alice"}, 1),
        ({"connector": "google"}, 1),
        ({"operation": "GET /v1/pages/{id}"}, 1),
        ({"key": "k1"}, 4),
        ({"result": "unreachable"}, 1),
        ({"until": "2020-01-01T00:00:00Z", "since": "2019-01-01T00:00:00Z"}, 0),
    ):
        found = (await api.get("/v1/usage", params=filters)).json()["sums"]
        assert sum(one["calls"] for one in found) == calls, filters
    other = await gateway.api(Role.ADMIN, tenant="other")
    assert (await other.get("/v1/usage")).json()["sums"] == []


async def test_events_are_listed_page_by_page(gateway: Harness, api: httpx.AsyncClient) -> None:
    for number in range(5):
        await make(gateway, user=f"user{number}")
    await stored(gateway)
    users, query = [], {"limit": "2"}
    while True:
        page = (await api.get("/v1/usage/events", params=query)).json()
        users += [one["user"] for one in page["events"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert users == [f"user{number}" for number in reversed(range(5))]
    problem(await api.get("/v1/usage/events?cursor=x"), 422, "invalid_request")


async def test_csv_is_for_spreadsheets_and_starts_no_formula(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    await make(gateway, user="=cmd|x")
    await stored(gateway)
    for path in ("/v1/usage?by=user&format=csv", "/v1/usage/events?format=csv"):
        answer = await api.get(path)
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
        (row,) = csv.DictReader(io.StringIO(answer.text))
        assert row["user"] == "'=cmd|x"


@pytest.mark.parametrize("query", ["by=tenant", "by=day,day", "format=xml", "since=now", "user="])
async def test_a_wrong_question_is_refused(api: httpx.AsyncClient, query: str) -> None:
    problem(await api.get(f"/v1/usage?{query}"), 422, "invalid_request")
