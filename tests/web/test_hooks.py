"""The extra step after connecting: its findings are stored, or its failure is shown."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors.context import PostConnectionContext
from connectors.errors import AccountUnreadable
from connectors.hooks import atlassian
from gateway.access.service_keys import Role
from gateway.errors import EgressRefused
from tests.support.browser import words
from tests.support.gateway import Harness
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

ANA, BEN = "Ana Diaz (ana@acme.example)", "Ben Okoro (ben@globex.example)"
CLOUD_ID = "33333333-cccc-4000-8000-000000000301"

Hook = Callable[[PostConnectionContext], Awaitable[Any]]


def raising(error: BaseException) -> Hook:
    """A hook that fails."""

    async def hook(ctx: PostConnectionContext) -> Any:
        raise error

    return hook


def finding(added: Any) -> Hook:
    """A hook that finds this."""

    async def hook(ctx: PostConnectionContext) -> Any:
        ctx.update_metadata(added)

    return hook


async def metadata_of(gateway: Harness) -> dict[str, Any]:
    """The metadata of alice's only connection, as a tool sees it."""
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    return dict(connection.metadata)


async def test_findings_of_a_hook_are_kept_with_the_account(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", ANA, site="acme") == "connected"
    row = await rows.connection()
    assert await metadata_of(gateway) == {
        "cloud_id": CLOUD_ID,
        "site_url": "https://acme.atlassian.net",
    }
    assert row["external_account_id"] == "55aa00000000000000000501:acme"
    assert row["account_label"] == "acme (ana@acme.example)"


async def test_a_tool_gets_the_address_of_the_api_filled_in(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """The tool need not know that the address depends on the account, or how."""
    browser = await gateway.browser("alice")
    await browser.connect("atlassian", ANA, site="acme")
    answer = (await gateway.token("atlassian", "alice")).json()
    base_url = answer["api"]["base_url"]
    assert base_url.endswith(f"/api.atlassian.com/ex/jira/{CLOUD_ID}")
    assert "${" not in base_url
    assert answer["connection"]["metadata"]["cloud_id"] == CLOUD_ID
    before = sandbox.mark()
    called = await browser.client.get(
        f"{base_url}/rest/api/3/myself", headers=answer["api"]["headers"]
    )
    assert called.status_code == 200
    assert called.json()["displayName"] == "Ana Diaz"
    assert len(sandbox.log(after=before, provider="atlassian", endpoint="api")) == 1


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    "metadata",
    [{}, {"cloud_id": "../../oauth"}, {"cloud_id": "a/b"}, {"cloud_id": None}, {"cloud_id": True}],
    ids=repr,
)
async def test_a_stored_value_that_is_no_path_segment_leads_nowhere(
    gateway: Harness, rows: Rows, metadata: dict[str, Any]
) -> None:
    """No token is handed out with an address that it was not meant for."""
    browser = await gateway.browser("alice")
    await browser.connect("atlassian", ANA, site="acme")
    await rows.change_connection((await rows.connection())["_id"], metadata=json.dumps(metadata))
    answer = await gateway.token("atlassian", "alice")
    told = problem(answer, 409, "connection_incomplete")
    fault = "is missing" if metadata.get("cloud_id", True) in {None, True} else "is not valid"
    assert f'the metadata value "cloud_id" {fault}' in told["detail"]
    (row,) = await rows.connections()
    assert told["connect_url"].endswith(f"/connectors/atlassian?reconnect={row['_id']}")
    assert row["last_used_at"] is None
    assert "access_token" not in answer.text
    assert "sandbox-atlassian-" not in answer.text


async def test_dashboard_api_and_the_next_caller_agree_about_a_missing_address(
    gateway: Harness, rows: Rows
) -> None:
    """A reconnect mends it: the hook runs again."""
    browser = await gateway.browser("alice")
    await browser.connect("atlassian", ANA, site="acme")
    connection = (await rows.connection())["_id"]
    await rows.change_connection(connection, metadata="{}")
    client = await gateway.api(Role.CONNECTIONS)
    shown = (await client.get(f"/v1/connections/{connection}")).json()
    told = [shown[name] for name in ("status", "status_reason", "action")]
    assert told == ["incomplete", "missing_fact", "reconnect"]
    problem(await gateway.token("atlassian", "alice"), 409, "connection_incomplete")
    await browser.open("/dashboard/connectors")
    assert "the address of its API is not known. Reconnect to look for it again." in words(browser)
    assert "Not being renewed" not in browser.text

    query = f"?reconnect={connection}"
    assert await browser.connect("atlassian", ANA, query, site="acme") == "reconnected"
    assert (await client.get(f"/v1/connections/{connection}")).json()["status"] == "active"
    assert (await gateway.token("atlassian", "alice")).status_code == 200


@pytest.mark.parametrize("account", [ANA, BEN])
async def test_account_that_lacks_a_needed_fact_is_not_stored(
    gateway: Harness, rows: Rows, account: str
) -> None:
    """The person is told what to check, and may try again at once."""
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", account, site="nowhere") == "unfit"
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert "Atlassian was not connected" in browser.text
    assert "has nothing under the name you filled in" in words(browser)
    assert "notice-warning" in browser.page.text
    assert browser.history[-2].headers["x-request-id"] in browser.text
    assert await rows.connections() == []
    assert (await rows.flow())["verifier"] == b""
    assert (await gateway.token("atlassian", "alice")).json()["code"] == "connector_required"

    site = {ANA: "acme", BEN: "umbrella"}[account]
    assert await browser.connect("atlassian", account, site=site) == "connected"


async def test_an_unfit_choice_keeps_the_connection_that_is_there(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("atlassian", ANA, site="acme")
    before = await rows.connection()
    query = f"?reconnect={before['_id']}"
    assert await browser.connect("atlassian", ANA, query, site="nowhere") == "unfit"
    assert await rows.connection() == before
    assert (await gateway.token("atlassian", "alice")).status_code == 200


@pytest.mark.requirement("J1", "J3")
async def test_an_unfit_account_is_told_in_the_log_without_the_providers_words(
    gateway: Harness, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("atlassian", ANA, site="nowhere")
    log = capsys.readouterr().out
    assert "AccountUnfit" in log
    assert "the site is not among those that were allowed" in log
    assert "ana@acme.example" not in log
    assert "sandbox-atlassian-" not in log


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (raising(AccountUnreadable("no list")), "unreadable_answer"),
        (raising(RuntimeError("words of the hook")), "hook_error"),
        (raising(KeyError("words of the hook")), "hook_error"),
        (raising(EgressRefused()), "hook_error"),
        (finding(None), "hook_error"),
        (finding(["words"]), "hook_error"),
        (finding("words of the hook"), "hook_error"),
        (finding({"x": float("nan")}), "unreadable_answer"),
        (finding({"x": object()}), "unreadable_answer"),
        (finding({"x": {"set"}}), "unreadable_answer"),
    ],
    ids=[
        "unreadable",
        "RuntimeError",
        "KeyError",
        "egress",
        "None",
        "list",
        "text",
        "NaN",
        "object",
        "set",
    ],
)
async def test_a_hook_that_fails_costs_its_findings_alone(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, hook: Hook, reason: str
) -> None:
    """Rule 7: it is recorded and shown, and a button repeats it."""
    monkeypatch.setattr(atlassian, "post_connection", hook)
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", ANA, site="acme") == "connected"
    row = await rows.connection()
    assert (row["status"], row["hook"]["reason"]) == ("active", reason)
    client = await gateway.api(Role.CONNECTIONS)
    shown = (await client.get(f"/v1/connections/{row['_id']}")).json()
    assert (shown["status"], shown["status_reason"], shown["action"]) == (
        "incomplete",
        reason,
        "wait",
    )
    assert shown["hook_failure"]["attempts"] == 1
    told = problem(await gateway.token("atlassian", "alice"), 409, "connection_incomplete")
    assert "The gateway looks for it again by itself." in told["detail"]
    assert "The step after connecting failed." in browser.text
    assert "words of the hook" not in browser.text

    await browser.submit(button="Try again acme (ana@acme.example)")
    assert browser.outcome() == "hook_failed"
    assert "could not be set up" in browser.text
    monkeypatch.undo()
    await browser.submit(button="Try again acme (ana@acme.example)")
    assert browser.outcome() == "hook_done"
    assert "The step after connecting failed." not in browser.text
    assert (await rows.connection())["hook"] is None
    assert (await gateway.token("atlassian", "alice")).status_code == 200


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    ("added", "kept"),
    [
        ({"a": 1, "b": {"c": [None, "d"]}}, {"a": 1, "b": {"c": [None, "d"]}}),
        ({"a": "half \ud83d a pair"}, {"a": "half ? a pair"}),
        ({1: "number"}, {"1": "number"}),
    ],
    ids=["JSON", "surrogate", "number"],
)
async def test_findings_of_a_hook_are_cleaned_like_all_metadata(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, added: dict[Any, Any], kept: dict[str, Any]
) -> None:
    """bounded, plain JSON that can be stored and sent on."""
    monkeypatch.setattr(atlassian, "post_connection", finding({**added, "cloud_id": "c-1"}))
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", ANA, site="acme") == "connected"
    assert await metadata_of(gateway) == {**kept, "cloud_id": "c-1"}


@pytest.mark.requirement("C7")
@pytest.mark.parametrize(
    "added",
    [{}, {"cloud_id": None}, {"cloud_id": "a/b"}, {"cloud_id": "c-1", "a": "x" * 17_000}],
    ids=["nothing", "null", "a path", "too much"],
)
async def test_a_hook_that_does_not_bring_the_address_has_failed(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, added: dict[str, Any]
) -> None:
    """No tool gets an unchecked address, or none."""
    monkeypatch.setattr(atlassian, "post_connection", finding(added))
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", ANA, site="acme") == "connected"
    assert (await rows.connection())["hook"]["reason"] == "missing_fact"
    problem(await gateway.token("atlassian", "alice"), 409, "connection_incomplete")


@pytest.mark.requirement("C7", "H1")
async def test_a_hook_sees_the_account_and_reaches_the_api_and_nothing_else(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its calls carry the token, so they go where the token may go."""
    seen: dict[str, Any] = {}

    async def curious(ctx: PostConnectionContext) -> None:
        seen["account"] = ctx.account
        seen["typed"] = ctx.connection_config
        seen["me"] = (await ctx.fetch("https://api.atlassian.com/me")).json()
        for url in ("https://evil.example/", "https://auth.atlassian.com/oauth/token"):
            with pytest.raises(EgressRefused):
                await ctx.fetch(url)
        ctx.update_metadata({"email": seen["me"]["email"]})
        ctx.update_metadata({"cloud_id": "c-1"})
        ctx.update_account_label(f"{ctx.account.metadata['email']} \u202e(acme)")

    monkeypatch.setattr(atlassian, "post_connection", curious)
    browser = await gateway.browser("alice")
    assert await browser.connect("atlassian", ANA, site="acme") == "connected"
    assert seen["account"].external_account_id == "55aa00000000000000000501:acme"
    assert seen["typed"] == {"site": "acme"}
    (linked,) = await gateway.services.connections.list_for("default", "alice")
    assert linked.account_label == "ana@acme.example (acme)"
    assert await metadata_of(gateway) == {"email": "ana@acme.example", "cloud_id": "c-1"}
