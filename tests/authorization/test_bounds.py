"""Where grants and registrations end by themselves, and what the audit says of an end."""

from __future__ import annotations

import pytest

from gateway.authorization import grants
from gateway.errors import RateLimited
from gateway.store.audit import Action, Wanted
from tests.support.agents import Agent, new_agent
from tests.support.gateway import FakeClock, Harness


async def test_a_grant_ends_after_a_year_however_often_it_is_used(
    gateway: Harness, clock: FakeClock
) -> None:
    agent = await new_agent(gateway)
    tokens = await agent.log_in(await gateway.browser("alice"))
    for _ in range(14):
        clock.advance(days=26)
        tokens = (await agent.refresh(tokens["refresh_token"])).json()
    clock.advance(days=1)

    assert (await agent.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_of_too_many_grants_the_oldest_ends(
    gateway: Harness, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "MOST", 2)
    browser, other = await gateway.browser("alice"), await gateway.browser("bob")
    agent = await new_agent(gateway)
    bobs = await agent.log_in(other)
    tokens = []
    for _ in range(3):
        clock.advance(seconds=1)
        tokens.append(await agent.log_in(browser))

    renewed = [await agent.refresh(each["refresh_token"]) for each in (bobs, *tokens)]

    assert [answer.status_code for answer in renewed] == [200, 400, 200, 200]


async def test_too_many_registrations_that_nobody_let_in_are_refused(gateway: Harness) -> None:
    server = gateway.services.authorization
    assert server is not None
    server.registration._most_unused = 2
    used = await new_agent(gateway)
    await used.log_in(await gateway.browser("alice"))
    metadata = {"redirect_uris": [used.redirect_uri]}
    for _ in range(2):
        await server.registration.register(metadata)

    with pytest.raises(RateLimited):
        await server.registration.register(metadata)
    assert (await Agent(await gateway.api()).register()).status_code == 429


async def test_the_audit_says_why_a_grant_ended(gateway: Harness) -> None:
    browser, agent = await gateway.browser("alice"), await new_agent(gateway)
    code = (await agent.allowed_by(browser))["code"]
    await agent.exchange(code)
    await agent.exchange(code)
    await agent.exchange((await agent.allowed_by(browser))["code"], code_verifier="x" * 43)
    tokens = await agent.log_in(browser)
    await agent.refresh(tokens["refresh_token"])
    await agent.refresh(tokens["refresh_token"])

    ended = await gateway.services.audit.find(
        "default", Wanted(action=Action.AGENT_ENDED), limit=10
    )

    # The newest line comes first.
    assert [line.outcome for line in ended] == [
        "refresh_token_reused",
        "code_refused",
        "code_reused",
    ]
    assert {line.user for line in ended} == {"alice"}
