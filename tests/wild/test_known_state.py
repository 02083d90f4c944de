"""A state that is known is shown and kept: nobody is told "Working" while every call fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.clock import utc_now
from gateway.errors import ReauthorizationRequired
from gateway.sandbox.wire import Incoming, Outcome
from gateway.services.states import State
from gateway.store.connection import Connection, Status
from gateway.store.mongo import Database, Document
from gateway.testing.workbench import Workbench, open_workbench
from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.subjects import subject_of
from tests.support.tokens import connect, connection, fingerprint, problem_of, token_of

DASHBOARD = "/dashboard/connectors"
PROBLEM = (409, "reauthorization_required")


async def state(bench: Workbench) -> State:
    """Return what is said of the only connection."""
    (only,) = await bench.connections()
    return await bench.core.states.of(only)


async def without_refresh_token(rows: Rows) -> Document:
    """Make the only connection one of a provider that issues no refresh tokens."""
    row = await rows.connection()
    await rows.change_connection(row["_id"], tokens={**row["tokens"], "refresh": None})
    return row


async def connect_without_refresh_token(bench: Workbench, person: int = 0) -> Connection:
    """Connect at a provider that issues no refresh token this time."""
    issue = bench.simulation.token

    def withheld(incoming: Incoming) -> Outcome:
        outcome = issue(incoming)
        assert isinstance(outcome.body, Mapping)
        body = {name: outcome.body[name] for name in outcome.body if name != "refresh_token"}
        return replace(outcome, body=body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.simulation, "token", withheld)
        return await bench.connect(bench.subject.people[person])


@pytest.mark.parametrize(
    ("answer", "reason", "action"),
    [
        (httpx.Response(400, html="<html>"), "provider_refused", "reconnect"),
        (httpx.Response(400, json={"error": "invalid_request"}), "provider_refused", "reconnect"),
        (
            httpx.Response(401, json={"error": "invalid_client"}),
            "provider_misconfigured",
            "operator",
        ),
        (httpx.Response(500), "provider_unavailable", "wait"),
        (httpx.Response(429), "rate_limited", "wait"),
    ],
    ids=["html", "refused", "misconfigured", "unavailable", "rate-limited"],
)
async def test_failing_renewal_is_told_with_its_beginning_and_its_action(
    answer: httpx.Response, reason: str, action: str, workplace: Database
) -> None:
    """anthropics/claude-ai-mcp#744: the card says "Working" although no call can succeed."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        linked = await bench.connect()
        bench.clock.advance(minutes=59, seconds=30)
        bench.transport.replace("token", answer)
        await bench.token(linked)  # the token still works
        began = bench.clock()
        shown = await state(bench)
        assert (shown.status, shown.reason, shown.action) == (Status.ACTIVE, reason, action)

        bench.clock.advance(hours=1)
        again = await state(bench)
        assert (again.status, again.reason, again.action) == (Status.NOT_RENEWED, reason, action)
        assert shown.since == again.since
        assert again.since <= began


@pytest.mark.parametrize(
    ("fault", "text", "action"),
    [
        ("status_500", "Google does not answer. The gateway tries again by itself.", None),
        ("rate_limited", "Google asks for fewer requests.", None),
        ("html", "Google refuses it. Reconnect", "Reconnect ana.diaz@example.com"),
    ],
)
async def test_card_says_since_when_and_why_it_is_not_renewed(
    gateway: Harness, sandbox: SandboxProcess, clock: FakeClock, fault: str, text: str, action: str
) -> None:
    """automatisch/automatisch#1235, BeamLabEU/phoenix_kit#492."""
    await connect(gateway, "google")
    clock.advance(hours=2)
    sandbox.fail("google", fault, count=100)
    assert problem_of(await gateway.token("google", "alice")) == (503, "provider_unavailable")

    shown = await connection(gateway)
    assert shown["status"] == "not_renewed"
    browser = await gateway.browser("alice")
    await browser.open(DASHBOARD)
    assert "Working" not in browser.text
    since = datetime.fromisoformat(shown["status_since"])
    assert f"Not being renewed since {since.day} {since:%B %Y, %H:%M} UTC." in words(browser)
    assert text in browser.text
    assert ("Reconnect ana.diaz@example.com" in browser.links()) == (action is not None)


async def test_refused_token_without_a_refresh_token_is_not_handed_out_again(
    gateway: Harness, rows: Rows
) -> None:
    """activepieces/activepieces#14750, UsefulSoftwareCo/executor#1475."""
    await connect(gateway, "google")
    row = await without_refresh_token(rows)
    refused = token_of(await gateway.token("google", "alice"))

    report = await gateway.token("google", "alice", rejected_token_sha256=fingerprint(refused))
    answers = [report, *[await gateway.token("google", "alice") for _ in range(2)]]

    assert {problem_of(answer) for answer in answers} == {PROBLEM}
    url = f"{GATEWAY_URL}/connectors/google?reconnect={row['_id']}"
    assert {answer.json()["connect_url"] for answer in answers} == {url}
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"]) == ("needs_reauth", "token_refused")
    assert [event["type"] for event in (await rows.connection())["outbox"]] == [
        "connection.created",
        "connection.needs_reauth",
    ]
    browser = await gateway.browser("alice")
    await browser.open(DASHBOARD)
    assert "Reconnect to use it again." in browser.text


async def test_report_of_another_token_ends_nothing(gateway: Harness, rows: Rows) -> None:
    """A late report is about a token that was replaced meanwhile."""
    await connect(gateway, "google")
    await without_refresh_token(rows)
    token = token_of(await gateway.token("google", "alice"))
    late = await gateway.token("google", "alice", rejected_token_sha256=fingerprint("older"))
    assert token_of(late) == token


async def test_ended_grant_gives_no_token_whatever_life_is_left(workplace: Database) -> None:
    """pipeshub-ai/pipeshub-ai#2736, PostHog/posthog#70492: dead grants are remembered."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        linked = await bench.connect()
        bench.transport.replace("token", httpx.Response(400, json={"error": "invalid_grant"}))
        began = bench.clock()
        for force in (True, False, True):
            with pytest.raises(ReauthorizationRequired) as caught:
                await bench.token(linked, force=force)
            assert (caught.value.connection, caught.value.reason) == (linked.id, "invalid_grant")
            bench.clock.advance(minutes=1)
        assert len(bench.transport.requests_to("token")) == 2  # the exchange, one refresh
        shown = await state(bench)
        assert (shown.status, shown.action) == (Status.NEEDS_REAUTH, "reconnect")
        assert began <= shown.since < began + timedelta(minutes=1)


async def test_expired_token_without_a_refresh_token_needs_its_person(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    """TracecatHQ/tracecat#3069."""
    await connect(gateway, "google")
    row = await without_refresh_token(rows)
    clock.advance(hours=2)
    assert problem_of(await gateway.token("google", "alice")) == PROBLEM
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"]) == ("needs_reauth", "expired")
    assert shown["status_since"].startswith(f"{row['expires_at']:%Y-%m-%dT%H:%M:%S}")


async def test_hidden_connector_is_not_told_to_work(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    """The next caller gets ``connector_unknown``, so the card must not say "Working"."""
    await connect(gateway, "google")
    async with running_gateway(
        mongodb_url, database_name, sandbox="off", public_url=GATEWAY_URL
    ) as without:
        assert (await connection(without))["status"] == "unavailable"
        browser = await without.browser("alice")
        await browser.open(DASHBOARD)
        assert "This connector is not available now." in browser.text
        assert "Working" not in browser.text


@pytest.mark.parametrize(
    "damage",
    [
        {"$set": {"tokens.access": None}},
        {"$unset": {"tokens.access": ""}},
        {"$unset": {"tokens": ""}},
        {"$set": {"tokens": None}},
        {"$set": {"tokens.access": "text"}},
        {"$set": {"tokens.access": 7}},
        {"$set": {"tokens.access": b""}},
    ],
    ids=str,
)
async def test_row_without_its_sealed_part_is_unreadable_and_never_an_internal_error(
    damage: dict[str, Any], gateway: Harness, workplace: Database
) -> None:
    """lfnovo/open-notebook#740, hephaestus-build/Hephaestus#1860: one bad row, and no list."""
    await connect(gateway, "google")
    await connect(gateway, "notion")
    await workplace.collection("connections").update_one({"connector": "google"}, damage)

    assert problem_of(await gateway.token("google", "alice")) == (503, "connection_unreadable")
    client = await gateway.api(Role.CONNECTIONS)
    listed = await client.get("/v1/connections", params={"user": "alice"})
    states = {one["connector"]: one["status"] for one in listed.json()["connections"]}
    assert states == {"google": "unreadable", "notion": "active"}
    browser = await gateway.browser("alice")
    await browser.open(DASHBOARD)
    assert "The stored access cannot be used here." in browser.text
    await connect(gateway, "google")
    token_of(await gateway.token("google", "alice"))


async def test_connecting_again_without_a_new_refresh_token_keeps_the_one_that_works(
    workplace: Database,
) -> None:
    """Google issues one at the first consent only (frappe/frappe#26266)."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        first = await bench.connect()
        again = await connect_without_refresh_token(bench)
        assert again.id == first.id
        assert again.generation == 2

        bench.clock.advance(hours=2)
        renewed = await bench.token(again)
        assert bench.call(renewed).status == 200


async def test_lost_use_of_a_kept_refresh_token_is_remembered(workplace: Database) -> None:
    """A provider that detects reuse ends the grant if a token is sent twice (RFC 9700 4.14.2)."""
    rows, marker = workplace.collection("connections"), {"sent_at": utc_now(), "token": "x"}
    async with open_workbench(subject_of("google"), workplace) as bench:
        await bench.connect()
        await rows.update_many({}, {"$set": {"refresh.marker": marker}})
        await connect_without_refresh_token(bench)
        assert await rows.count({"refresh.marker.token": "x"}) == 1
        await bench.connect()
        assert await rows.count({"refresh.marker": None}) == 1


async def test_refresh_token_of_another_host_is_not_kept(workplace: Database) -> None:
    """It would be sent to a host that it does not belong to."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        await bench.connect()
        elsewhere = {"$set": {"connection_config": {"host": "elsewhere"}}}
        await workplace.collection("connections").update_many({}, elsewhere)
        again = await connect_without_refresh_token(bench)
        assert again.tokens.refresh_token is None


async def test_refresh_token_of_a_grant_that_is_over_is_not_kept(workplace: Database) -> None:
    """It would be sent to the provider only to be refused again (contextbridge/aether#55)."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        first = await bench.connect()
        bench.transport.replace("token", httpx.Response(400, json={"error": "invalid_grant"}))
        with pytest.raises(ReauthorizationRequired):
            await bench.token(first, force=True)
        del bench.transport.replaced["token"]
        again = await connect_without_refresh_token(bench)
        assert again.tokens.refresh_token is None


async def test_refresh_token_of_another_account_is_never_kept(workplace: Database) -> None:
    """elie222/inbox-zero#3524: the connection went back to the earlier account in silence."""
    async with open_workbench(subject_of("google"), workplace) as bench:
        first = await bench.connect()
        other = await connect_without_refresh_token(bench, person=1)
        assert other.id != first.id
        assert other.tokens.refresh_token is None


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("Ana", id="vellum-ai/vellum-assistant#37269"),
        pytest.param("ana@example.com", id="openai/codex#20500"),
        pytest.param("Work mail", id="Foundry376/Mailspring#1855"),
    ],
)
async def test_label_of_two_accounts_is_an_error_that_names_how_to_choose(
    gateway: Harness, rows: Rows, label: str
) -> None:
    """The wrong account was taken in silence."""
    await connect(gateway, "google")
    await connect(gateway, "google", account="google-work")
    ids = [row["_id"] for row in await rows.connections()]
    for one in ids:
        await rows.change_connection(one, account_label=label)

    answer = await gateway.token("google", "alice", account=label)

    assert problem_of(answer) == (409, "account_ambiguous")
    assert all(one in answer.json()["detail"] for one in ids)
    for one in ids:
        chosen = await gateway.token("google", "alice", account=one)
        assert chosen.json()["connection"]["id"] == one
