"""The switches of the sandbox: end grants, refuse permissions, a provider that is slow or down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.sandbox.control import in_use_first
from gateway.sandbox.faults import SLOW_SECONDS
from tests.sandbox.test_app import Served


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    served = Served(grant={"rotation": "strict"})
    async with served.client:
        yield served


async def switch(served: Served, condition: str) -> httpx.Response:
    """Press the button of a condition."""
    form = {"provider": "toy", "condition": condition}
    return await served.client.post("/_sandbox/settings", data=form)


async def test_ending_the_grants_of_a_provider_leaves_those_of_others(served: Served) -> None:
    issued = served.toy.connect()
    other = served.toy.connect()
    for grant in [*served.toy.ledger.grants.values()][1:]:
        grant.provider = "elsewhere"
    done = await served.client.post("/_sandbox/end", data={"provider": "toy"})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    refused = await served.refresh(issued["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert [grant.revoked for grant in served.toy.ledger.grants.values()] == [True, False]
    assert other["refresh_token"]


async def test_a_provider_that_is_down_answers_503_until_it_works_again(served: Served) -> None:
    issued = served.toy.connect()
    assert (await switch(served, "down")).status_code == 303
    for _ in range(3):
        assert (await served.refresh(issued["refresh_token"])).status_code == 503
    assert (await served.consent_page()).status_code == 200
    page = (await served.client.get("/")).text
    assert re.search(r'value="down" aria-pressed="true"', page)
    await switch(served, "works")
    assert (await served.refresh(issued["refresh_token"])).status_code == 200


async def test_a_slow_provider_answers_late(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("gateway.sandbox.app.asyncio.sleep", sleep)
    issued = served.toy.connect()
    await switch(served, "slow")
    assert (await served.refresh(issued["refresh_token"])).status_code == 200
    assert waited == [SLOW_SECONDS]


def test_providers_in_use_come_first() -> None:
    rows = [
        {"name": "asana", "grants": 0, "condition": "works"},
        {"name": "notion", "grants": 2, "condition": "works"},
        {"name": "slack", "grants": 0, "condition": "down"},
        {"name": "zoom", "grants": 0, "condition": "works"},
    ]
    assert [row["name"] for row in in_use_first(rows)] == ["notion", "slack", "asana", "zoom"]


async def test_another_condition_is_refused(served: Served) -> None:
    refused = await switch(served, "broken")
    assert (refused.status_code, refused.text) == (
        422,
        "condition must be one of works, slow, down",
    )


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("access_token_seconds", "-1", "access_token_seconds is a whole number from 0 to "),
        ("condition", "broken", "condition must be one of "),
        ("fault", "broken", "fault must be 'none' or one of "),
        ("count", "-1", "count is a whole number from 1 to "),
    ],
)
async def test_a_refused_form_changes_nothing(
    served: Served, field: str, value: str, problem: str
) -> None:
    sandbox = served.app.state.sandbox
    form = {"provider": "toy", "access_token_seconds": "7", "condition": "down", "fault": "html"}
    refused = await served.client.post("/_sandbox/settings", data=form | {field: value})
    assert (refused.status_code, refused.text[: len(problem)]) == (422, problem)
    assert sandbox.providers["toy"].access_token_seconds is None
    assert (sandbox.faults.conditions, sandbox.faults.take("toy")) == ({}, None)


@pytest.mark.parametrize("path", ["/_sandbox/end", "/_sandbox/settings"])
@pytest.mark.parametrize("form", [{}, {"provider": ""}, {"provider": "nobody"}], ids=str)
async def test_a_switch_without_a_known_provider_is_refused(
    served: Served, path: str, form: dict[str, str]
) -> None:
    refused = await served.client.post(path, data=form)
    assert (refused.status_code, refused.text) == (404, "no such provider")
    assert served.toy.ledger.log == []


@pytest.mark.parametrize(("ticked", "granted"), [((0, 1), "read write"), ((1,), "write"), ((), "")])
async def test_a_permission_without_its_tick_is_not_granted(
    served: Served, ticked: tuple[int, ...], granted: str
) -> None:
    page = await served.consent_page(scope="read write")
    assert page.text.count('type="checkbox"') == 2
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket
    form = {"ticket": ticket[1], "choice": "1", "account": served.toy.rules.accounts[0].key}
    form |= {f"grant.{number}": "1" for number in ticked}
    done = await served.client.post("/_sandbox/consent", data=form)
    (code,) = parse_qs(urlsplit(done.headers["location"]).query)["code"]
    assert " ".join(served.toy.ledger.codes[code].scopes) == granted


async def test_calls_of_the_api_fail_as_often_as_is_switched_on(served: Served) -> None:
    token = served.toy.connect()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    form = {"provider": "toy", "api_fault": "rate_limited", "count": "1"}
    assert (await served.client.post("/_sandbox/settings", data=form)).status_code == 303
    statuses = [
        (await served.client.get("/toy.example/api/me", headers=headers)).status_code
        for _ in range(2)
    ]
    assert statuses == [429, 200]
    bad = {"provider": "toy", "api_fault": "boredom"}
    assert (await served.client.post("/_sandbox/settings", data=bad)).status_code == 422


async def test_the_data_of_a_provider_can_be_reset(served: Served) -> None:
    served.toy.ledger.data["toy", "", "ana"] = {"tasks": []}
    served.toy.ledger.data["other", "", "ana"] = {"tasks": []}
    answer = await served.client.post("/_sandbox/reset", data={"provider": "toy"})
    assert (answer.status_code, [*served.toy.ledger.data]) == (303, [("other", "", "ana")])
    await served.client.post("/_sandbox/reset")
    assert served.toy.ledger.data == {}
    unknown = await served.client.post("/_sandbox/reset", data={"provider": "nobody"})
    assert unknown.status_code == 404
