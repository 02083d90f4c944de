"""Refreshes at a separate address, with responses that do not name the scopes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from tests.support.gateway import Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import asked, connection, force, problem_of, token_of

ACCOUNT = "Ana Diaz (ana.diaz@example.com)"


async def connect_figma(gateway: Harness) -> None:
    """Link an account of a provider with a separate refresh address."""
    browser = await gateway.browser("alice")
    assert await browser.connect("figma", ACCOUNT) == "connected"


async def test_a_refresh_goes_to_the_address_for_refreshes(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    await connect_figma(gateway)
    first = token_of(await gateway.token("figma", "alice"))
    mark = sandbox.mark()
    second = token_of(await force(gateway, "figma"))
    assert first != second
    assert asked(sandbox, "figma", mark) == ["issued"]


async def test_the_token_address_refuses_refreshes(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail: the simulated provider has two addresses."""
    await connect_figma(gateway)
    catalog = gateway.services.catalog
    wrong = replace(catalog.oauth("figma"), refresh_url=None)
    monkeypatch.setitem(catalog._loaded, "figma", wrong)
    assert problem_of(await force(gateway, "figma"))[0] in {409, 503}


async def test_refresh_that_lacks_a_fact_costs_no_valid_token(
    gateway: Harness, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer description may want what an older row does not have: nothing is sent or marked."""
    await connect_figma(gateway)
    first = token_of(await gateway.token("figma", "alice"))
    catalog = gateway.services.catalog
    wanting = replace(
        catalog.oauth("figma"),
        callback_metadata={"zone": "zone"},
        refresh_url="https://${metadata.zone}.figma.com/v1/oauth/refresh",
    )
    monkeypatch.setitem(catalog._loaded, "figma", wanting)
    mark = sandbox.mark()
    gateway.clock.advance(days=90, seconds=-30)  # due, and not over
    assert token_of(await gateway.token("figma", "alice")) == first
    gateway.clock.advance(seconds=60)
    assert problem_of(await gateway.token("figma", "alice")) == (409, "connection_incomplete")
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"]) == ("incomplete", "missing_fact")
    assert asked(sandbox, "figma", mark) == []


@pytest.mark.requirement("A16")
async def test_scopes_that_were_not_granted_do_not_come_back_with_a_refresh(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    """A16, RFC 6749 6: a response without scopes leaves them unchanged."""
    await connect_figma(gateway)
    linked = await connection(gateway)
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        await Rows(database).change_connection(
            linked["id"], **{"scopes.granted": ["current_user:read"], "status": "needs_scopes"}
        )
    body = (await force(gateway, "figma")).json()
    assert body["scopes"] == ["current_user:read"]
    after = await connection(gateway)
    assert (after["scopes"], after["status"]) == (["current_user:read"], "needs_scopes")
