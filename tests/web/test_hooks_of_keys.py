"""The extra step after a pasted key: its failure is shown and repeated, and costs no connection."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.context import PostConnectionContext
from connectors.errors import AccountUnfit
from gateway.access.service_keys import Role
from tests.support.gateway import FakeClock, Harness
from tests.support.pasted import (
    CLIENT,
    INPUTS,
    KEY,
    OTHER_KEY,
    PAIR,
    Providers,
    gateway_with_keys,
    paste,
)
from tests.support.rows import Rows

GIVEN = {"keyed": INPUTS, "tokened": CLIENT, "named": PAIR}


class Switch:
    """A hook that a test lets fail or succeed."""

    def __init__(self) -> None:
        self.error: Exception | None = RuntimeError("words of the hook")
        self.tokens: list[str] = []

    async def __call__(self, ctx: PostConnectionContext) -> None:
        self.tokens.append(ctx.tokens.access_token.reveal())
        if self.error is not None:
            raise self.error
        ctx.update_metadata({"site": ctx.account.external_account_id})
        ctx.update_account_label("Label of the hook")


@pytest.fixture
def hook() -> Switch:
    return Switch()


@pytest.fixture
async def gateway(
    mongodb_url: str,
    database_name: str,
    tmp_path: Path,
    providers: Providers,
    clock: FakeClock,
    hook: Switch,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Harness]:
    """A gateway whose connectors with keys all have the hook."""
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as harness:
        monkeypatch.setattr(harness.services.catalog, "hook", lambda _: hook)
        yield harness


@pytest.mark.parametrize("connector", GIVEN)
async def test_a_failing_hook_costs_its_findings_and_the_worker_repeats_it(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock, connector: str
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, connector, GIVEN[connector])).json()
    assert (shown["status"], shown["status_reason"]) == ("active", None)
    assert shown["hook_failure"]["reason"] == "hook_error"
    assert (await gateway.token(connector, "alice")).status_code == 200
    await gateway.services.audit.flush()
    api = await gateway.api(Role.ADMIN)
    lines = (await api.get("/v1/audit", params={"action": "hook.failed"})).json()["lines"]
    assert [(line["connection"], line["outcome"]) for line in lines] == [
        (shown["id"], "hook_error")
    ]

    assert await gateway.services.hooks.round(connector) == 0
    hook.error = None
    clock.advance(minutes=2)
    assert await gateway.services.hooks.round(connector) == 1
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    assert connection.hook_failure is None
    assert connection.metadata["site"] == connection.external_account_id


async def test_a_person_tries_a_failed_hook_again_and_keeps_the_name_of_the_key(
    gateway: Harness, hook: Switch
) -> None:
    browser = await gateway.browser("alice")
    await paste(browser, "keyed", INPUTS, label="Reports")
    await browser.open("/dashboard/connectors")
    assert "The step after connecting failed. This is a fault of the connector." in browser.text
    await browser.submit(action="/retry")
    assert browser.outcome() == "hook_failed"
    hook.error = None
    await browser.submit(action="/retry")
    assert browser.outcome() == "hook_done"
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    assert (connection.account_label, connection.hook_failure) == ("Reports", None)


async def test_a_hook_gets_a_token_that_works(
    gateway: Harness, hook: Switch, clock: FakeClock, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await paste(browser, "tokened", CLIENT)
    hook.error = None
    clock.advance(hours=2)
    assert await gateway.services.hooks.round("tokened") == 1
    assert hook.tokens == ["tt-1", "tt-2"]
    assert (await rows.connection())["generation"] == 2


async def test_the_hook_of_a_key_that_was_not_checked_runs_once_its_provider_is_back(
    gateway: Harness, providers: Providers, hook: Switch, clock: FakeClock
) -> None:
    providers.status, hook.error = 503, None
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    assert (shown["status_reason"], hook.tokens) == ("not_checked", [])
    assert shown["hook_failure"]["reason"] == "not_checked"
    providers.status = None
    clock.advance(minutes=2)
    assert await gateway.services.hooks.round("keyed") == 1
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    assert connection.account_label == "Label of the hook"


async def test_findings_of_an_earlier_run_outlast_a_failure(gateway: Harness, hook: Switch) -> None:
    browser = await gateway.browser("alice")
    hook.error = None
    first = (await paste(browser, "keyed", INPUTS)).json()
    hook.error = RuntimeError()
    other = INPUTS | {"key": OTHER_KEY}
    again = (await paste(browser, "keyed", other, reconnect=first["id"])).json()
    assert again["hook_failure"]["reason"] == "hook_error"
    assert again["metadata"] == first["metadata"] != {}


async def test_an_unfit_account_is_told_to_the_script_and_to_the_person(
    gateway: Harness, rows: Rows, hook: Switch
) -> None:
    hook.error = AccountUnfit("no such site")
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS)
    assert (answer.status_code, answer.json()["code"]) == (422, "account_unfit")
    await browser.open("/connectors/keyed")
    values = {f"input.{name}": value for name, value in INPUTS.items()}
    page = await browser.submit(values, action="/connect")
    assert page.status_code == 422
    assert "This account lacks what the connector needs" in html.unescape(page.text)
    assert 'value="acme"' in page.text
    assert KEY not in page.text
    assert await rows.connections() == []
