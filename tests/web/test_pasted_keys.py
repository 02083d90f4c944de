"""Pasted credentials from the form to the token: checked, stored, replaced, checked again."""

from __future__ import annotations

import hashlib
import html
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.answers import WatchedTransport, leaks
from tests.support.gateway import FakeClock, Harness
from tests.support.linking import dump
from tests.support.pasted import (
    CLIENT,
    INPUTS,
    KEY,
    OTHER_KEY,
    OTHER_PAIR,
    PAIR,
    SECRET,
    Providers,
    gateway_with_keys,
    paste,
)
from tests.support.rows import Rows


@pytest.fixture
async def gateway(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway with the two connectors. No answer but a token's may hold a pasted value."""
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as harness:
        watch = WatchedTransport(harness.transport)
        harness.transport = watch
        yield harness
        shown = [
            a for a in watch.answers if not a.request.url.path.endswith(("/token", "/refresh"))
        ]
        assert leaks(shown, [KEY, OTHER_KEY, SECRET]) == []


async def lines(gateway: Harness) -> list[tuple[str, str]]:
    """The audit of the tenant's connections, oldest first: action and outcome."""
    await gateway.services.audit.flush()
    api = await gateway.api(Role.ADMIN)
    found = (await api.get("/v1/audit", params={"limit": 100})).json()["lines"]
    return [(each["action"], each["outcome"]) for each in reversed(found) if each["connector"]]


async def test_a_right_key_is_checked_stored_and_handed_out(
    gateway: Harness, providers: Providers, rows: Rows, mongodb_url: str, database_name: str
) -> None:
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["method"], shown["status"], shown["status_reason"]) == ("api_key", "active", None)
    assert shown["account_label"] == f"…{KEY[-4:]}"
    assert shown["connection_config"] == {"workspace": "acme"}
    assert [str(request.url) for request in providers.requests] == [
        "https://api.keyed.example/v1/me?workspace=acme"
    ]

    token = (await gateway.token("keyed", "alice")).json()
    assert (token["access_token"], token["token_type"], token["expires_at"]) == (
        KEY,
        "api_key",
        None,
    )
    assert token["api"] == {
        "base_url": "https://api.keyed.example/v1",
        "headers": {"Authorization": f"Bearer {KEY}"},
        "query": {"workspace": "acme"},
        "body": {"key": KEY},
    }
    stored = b"".join(dump(mongodb_url, database_name).values())
    assert KEY.encode() not in stored
    assert (await rows.connection())["method"] == "api_key"
    assert [each for each in await lines(gateway) if each[0].startswith("connection")] == [
        ("connection.created", "ok")
    ]


async def test_a_key_of_one_other_character_is_refused_and_nothing_is_stored(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    for place in range(len("kd-live-"), len(KEY)):
        other = "0" if KEY[place] != "0" else "1"
        wrong = KEY[:place] + other + KEY[place + 1 :]
        answer = await paste(
            browser, "keyed", INPUTS | {"key": wrong}, token=browser_token(browser)
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "key_refused")
        assert wrong not in answer.text
    assert await rows.connections() == []
    assert ("connection.refused", "key_refused") in await lines(gateway)


def browser_token(browser: Any) -> str | None:
    """The token of a page that the browser has open, if it has one."""
    return browser.csrf_token() if "csrf_token" in browser.page.text else None


@pytest.mark.parametrize(
    ("pasted", "mistake"),
    [
        (KEY[:9], "too short"),
        (KEY + KEY, "there twice"),
        (KEY[:12] + " " + KEY[12:], "space or a line break"),
        (KEY[:12] + "\n" + KEY[12:], "space or a line break"),
        (f"Bearer {KEY}", "without the word in front"),
        ("kd-live-••••••••4523", "hidden in part"),
        ("kd-live-1f6b…4523", "hidden in part"),
        (KEY[:12] + "\u200b" + KEY[12:], "invisible character"),
        (KEY[:-1] + "é", "letter or sign that no key has"),
        (KEY.replace("live", "test"), "another environment"),
    ],
)
async def test_a_mistake_in_copying_is_named_before_the_provider_is_asked(
    gateway: Harness, providers: Providers, rows: Rows, pasted: str, mistake: str
) -> None:
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS | {"key": pasted})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "key_malformed")
    assert mistake in body["errors"]["key"]
    assert pasted not in answer.text
    assert providers.requests == []
    assert await rows.connections() == []


async def test_too_long_a_value_is_refused_whole_by_the_api_and_the_form(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    """Not cut: a part of a key would be stored as a key."""
    browser = await gateway.browser("alice")
    long = {**INPUTS, "key": KEY[:4] + "a" * 4096}
    answer = await paste(browser, "keyed", long)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"key": "is longer than 4096 characters"}
    await browser.open("/connectors/keyed")
    fields = {f"input.{name}": value for name, value in long.items()}
    posted = await browser.submit(fields, action="/v1/connectors/keyed/connect")
    assert posted.status_code == 422
    assert "is longer than 4096 characters" in browser.text
    assert providers.requests == []
    assert await rows.connections() == []


async def test_spaces_and_line_ends_around_a_key_do_not_matter(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS | {"key": f" {KEY}\r\n"})
    assert answer.status_code == 200
    assert (await gateway.token("keyed", "alice")).json()["access_token"] == KEY


async def test_wrong_names_of_inputs_are_errors_that_repeat_nothing(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    for inputs in ({"key": KEY}, INPUTS | {"workspace": "a b"}, {**INPUTS, "extra": "x"}):
        answer = await paste(browser, "keyed", inputs)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert answer.json()["errors"].keys() <= {"workspace", "extra"}


async def test_while_the_provider_is_away_a_key_is_stored_as_not_checked(
    gateway: Harness, providers: Providers
) -> None:
    """The worker checks it later; a tool can try it meanwhile."""
    providers.status = 503
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    assert (shown["status"], shown["status_reason"], shown["action"]) == (
        "active",
        "not_checked",
        "wait",
    )
    await browser.open("/dashboard/connectors")
    assert "Not checked" in browser.text
    assert (await gateway.token("keyed", "alice")).json()["access_token"] == KEY

    await gateway.services.renewal.round("keyed")
    assert await state(gateway, shown["id"]) == ("active", "not_checked")
    providers.status = None
    await gateway.services.renewal.round("keyed")
    assert await state(gateway, shown["id"]) == ("active", "not_checked"), "it cools down"
    await wait_out(gateway)
    await gateway.services.renewal.round("keyed")
    assert await state(gateway, shown["id"]) == ("active", None)


async def test_the_worker_finds_that_an_unchecked_key_is_wrong(
    gateway: Harness, providers: Providers
) -> None:
    providers.status = 503
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    providers.status, providers.keys = None, set()
    await gateway.services.renewal.round("keyed")
    assert await state(gateway, shown["id"]) == ("needs_reauth", "key_refused")
    answer = await gateway.token("keyed", "alice")
    assert (answer.status_code, answer.json()["code"]) == (409, "reauthorization_required")
    assert answer.json()["connect_url"].endswith(f"/connectors/keyed?reconnect={shown['id']}")
    assert ("connection.needs_reauth", "key_refused") in await lines(gateway)


async def test_a_report_of_a_refused_key_ends_it_only_if_the_provider_agrees(
    gateway: Harness, providers: Providers
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    digest = hashlib.sha256(KEY.encode()).hexdigest()

    answer = await gateway.token("keyed", "alice", rejected_token_sha256=digest)
    assert answer.json()["access_token"] == KEY
    assert len(providers.requests) == 2

    await wait_out(gateway)
    providers.status = 500
    answer = await gateway.token("keyed", "alice", rejected_token_sha256=digest)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert await state(gateway, shown["id"]) == ("active", "not_checked")

    await wait_out(gateway)
    providers.status, providers.keys = None, set()
    answer = await gateway.token("keyed", "alice", rejected_token_sha256=digest)
    assert answer.json()["code"] == "reauthorization_required"
    assert await state(gateway, shown["id"]) == ("needs_reauth", "key_refused")


async def test_a_replaced_key_takes_the_place_of_the_old_one_once_it_is_accepted(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS, label="Reports")).json()
    other, again = INPUTS | {"key": OTHER_KEY}, {"reconnect": shown["id"]}

    providers.keys = {KEY}
    assert (await paste(browser, "keyed", other, **again)).json()["code"] == "key_refused"
    providers.status = 503
    unchecked = await paste(browser, "keyed", other, **again)
    assert (unchecked.status_code, unchecked.json()["code"]) == (503, "key_not_checked")
    providers.status = None
    assert (await gateway.token("keyed", "alice")).json()["access_token"] == KEY

    providers.keys = {OTHER_KEY}
    replaced = await paste(browser, "keyed", other, **again)
    assert replaced.status_code == 200, replaced.text
    assert (replaced.json()["id"], replaced.json()["account_label"]) == (shown["id"], "Reports")
    assert (await gateway.token("keyed", "alice")).json()["access_token"] == OTHER_KEY
    assert len(await rows.connections()) == 1


async def test_the_same_key_again_renews_its_connection(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    first = (await paste(browser, "keyed", INPUTS)).json()
    second = (await paste(browser, "keyed", INPUTS)).json()
    assert first["id"] == second["id"]
    assert len(await rows.connections()) == 1
    third = (await paste(browser, "keyed", INPUTS | {"key": OTHER_KEY})).json()
    assert third["id"] != first["id"]


async def test_a_key_that_was_not_checked_is_the_same_connection_once_its_account_is_named(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    providers.status = 503
    first = (await paste(browser, "named", PAIR, label="Reports")).json()
    assert first["status_reason"] == "not_checked"
    providers.status = None
    again = (await paste(browser, "named", PAIR)).json()
    assert (again["id"], again["status_reason"]) == (first["id"], None)
    assert (again["external_account_id"], again["account_label"]) == ("acct-1", "Reports")
    providers.status = 503  # it is known by now, whether its provider answers or not
    later = (await paste(browser, "named", PAIR)).json()
    assert (later["id"], later["external_account_id"]) == (first["id"], "acct-1")
    assert len(await rows.connections()) == 1


async def test_a_key_that_turns_out_to_be_of_a_connected_account_becomes_its_key(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    first = (await paste(browser, "named", PAIR)).json()
    providers.status = 503
    second = (await paste(browser, "named", OTHER_PAIR)).json()
    assert second["id"] != first["id"]
    providers.status = None
    again = (await paste(browser, "named", OTHER_PAIR)).json()
    assert again["id"] == first["id"]
    (row,) = await rows.connections()
    assert (row["_id"], row["is_default"]) == (first["id"], True)
    token = (await gateway.token("named", "alice")).json()
    assert token["access_token"] == OTHER_PAIR["key"]


async def test_nobody_replaces_or_checks_the_key_of_another_person(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    alice, mallory = await gateway.browser("alice"), await gateway.browser("mallory")
    shown = (await paste(alice, "keyed", INPUTS)).json()
    before = await rows.connections()
    asked = len(providers.requests)
    other = INPUTS | {"key": OTHER_KEY}
    answer = await paste(mallory, "keyed", other, reconnect=shown["id"])
    assert (answer.status_code, answer.json()["code"]) == (404, "connection_not_found")
    checked = await mallory.client.post(
        f"{GATEWAY_URL}/dashboard/connections/{shown['id']}/check",
        data={"csrf_token": mallory.csrf_token()},
        headers={"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"},
    )
    assert checked.status_code == 404
    page = await mallory.open(f"/connectors/keyed?reconnect={shown['id']}")
    assert page.status_code == 404
    assert len(providers.requests) == asked
    assert await rows.connections() == before


async def test_the_same_key_of_two_people_or_tenants_makes_unlike_connections(
    gateway: Harness, rows: Rows
) -> None:
    """Neither reaches the other's, and the rows of two tenants do not show that the keys agree."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    mine = (await paste(alice, "keyed", INPUTS)).json()
    theirs = (await paste(bob, "keyed", INPUTS)).json()
    assert mine["id"] != theirs["id"]
    connect = gateway.services.pasted.connect
    config = gateway.services.catalog.get("keyed")
    other = await connect(config, tenant="acme", owner="user:alice", given=INPUTS)
    assert other.external_account_id != mine["external_account_id"]
    api = await gateway.api(Role.CONNECTIONS)
    assert (await api.get(f"/v1/connections/{other.id}")).status_code == 404
    assert (await gateway.token("keyed", "alice")).json()["connection"]["id"] == mine["id"]


@pytest.mark.parametrize("fault", ["token", "origin", "session", "site"])
async def test_a_key_is_taken_from_the_gateways_own_page_only(
    gateway: Harness, providers: Providers, rows: Rows, fault: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/keyed")
    headers = {
        "Origin": GATEWAY_URL,
        "Sec-Fetch-Site": "same-origin",
        "X-CSRF-Token": browser.csrf_token(),
    }
    if fault == "session":
        browser.client.cookies.clear()
    headers |= {
        "token": {"X-CSRF-Token": "0" * 64},
        "origin": {"Origin": "https://evil.example"},
        "site": {"Sec-Fetch-Site": "cross-site"},
        "session": {},
    }[fault]
    url = f"{GATEWAY_URL}/v1/connectors/keyed/connect"
    script = await browser.client.post(
        url, json={"inputs": INPUTS}, headers={**headers, "Accept": "*/*"}
    )
    form = {"input.key": KEY, "input.workspace": "acme", "csrf_token": headers["X-CSRF-Token"]}
    posted = await browser.client.post(url, data=form, headers={**headers, "Accept": "*/*"})
    expected = 401 if fault == "session" else 403
    assert (script.status_code, posted.status_code) == (expected, expected)
    assert providers.requests == []
    assert await rows.connections() == []


async def test_client_credentials_are_exchanged_renewed_and_ended_by_a_refusal(
    gateway: Harness, providers: Providers, rows: Rows, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "tokened", CLIENT)).json()
    assert (shown["method"], shown["status"]) == ("client_credentials", "active")
    first = (await gateway.token("tokened", "alice")).json()
    assert first["access_token"] == "tt-1"
    assert first["api"]["headers"] == {"Authorization": "Bearer tt-1"}
    assert SECRET not in str(first)

    clock.advance(seconds=3600 - 30)
    assert (await gateway.token("tokened", "alice")).json()["access_token"] == "tt-2"
    clock.advance(seconds=3600 - 100)
    await gateway.services.renewal.round("tokened")
    assert (await rows.connection())["generation"] == 3
    assert providers.issued == 3

    providers.status = 500
    clock.advance(seconds=3600)
    answer = await gateway.token("tokened", "alice")
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert await state(gateway, shown["id"]) == ("not_renewed", "provider_unavailable")
    await wait_out(gateway)
    providers.status, providers.secret = None, "ts-another"
    answer = await gateway.token("tokened", "alice")
    assert (answer.status_code, answer.json()["code"]) == (409, "reauthorization_required")
    assert (await state(gateway, shown["id"]))[0] == "needs_reauth"


async def test_client_credentials_that_could_not_be_exchanged_are_tried_by_the_next_reader(
    gateway: Harness, providers: Providers
) -> None:
    providers.status = 502
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "tokened", CLIENT)).json()
    assert shown["status_reason"] == "not_checked"
    providers.status = None
    assert (await gateway.token("tokened", "alice")).json()["access_token"] == "tt-1"
    assert await state(gateway, shown["id"]) == ("active", None)


async def test_the_form_keeps_what_is_public_and_never_shows_a_key_again(
    gateway: Harness, providers: Providers
) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/connectors/keyed")
    assert 'type="password"' in page.text
    assert 'href="https://keyed.example/keys"' in page.text
    assert "Where do I find this?" in page.text
    wrong = KEY[:-1] + "0"
    values = {"input.key": wrong, "input.workspace": "acme", "label": "Reports"}
    page = await browser.submit(values, action="/connect")
    assert page.status_code == 422
    assert "does not accept this key" in browser.text
    assert 'value="acme"' in page.text
    assert 'value="Reports"' in page.text
    assert wrong not in page.text

    await browser.submit(values | {"input.key": KEY}, action="/connect")
    assert browser.outcome() == "key_stored"
    text = browser.text
    assert "Reports" in text
    assert "Replace key" in text
    assert KEY not in page.text

    await browser.submit(action="/check")
    assert browser.outcome() == "key_accepted"
    await wait_out(gateway)
    providers.keys = {OTHER_KEY}
    await browser.submit(action="/check")
    assert browser.outcome() == "key_refused"
    assert "Keyed does not accept this key any more. Replace it." in html.unescape(browser.text)
    link = next(url for name, url in browser.links().items() if name.startswith("Replace key"))
    await browser.open(link)
    await browser.submit({"input.key": OTHER_KEY}, action="/connect")
    assert browser.outcome() == "key_replaced"
    assert (await gateway.token("keyed", "alice")).json()["access_token"] == OTHER_KEY


async def test_a_known_key_renews_its_account_and_the_page_says_so(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    values = {"input.workspace": "acme", "label": "Reports"}
    for outcome in ("key_stored", "reconnected"):
        await browser.open("/connectors/keyed")
        await browser.submit(values | {"input.key": KEY}, action="/connect")
        assert browser.outcome() == outcome
    assert "Keyed is reconnected" in browser.text
    assert (await rows.connection())["generation"] == 2


async def test_a_disconnected_key_is_deleted_here_and_the_page_says_that_it_goes_on(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    await browser.open(f"/dashboard/connections/{shown['id']}/disconnect")
    assert "The key itself goes on working." in browser.text
    await browser.submit(action="/disconnect")
    assert browser.outcome() == "disconnected_key"
    assert await rows.connections() == []
    assert (await gateway.token("keyed", "alice")).json()["code"] == "connector_required"


async def test_a_connector_with_a_key_alone_starts_no_flow(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/keyed")
    headers = {
        "Origin": GATEWAY_URL,
        "X-CSRF-Token": browser.csrf_token(),
        "Accept": "application/json",
    }
    answer = await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/keyed/start", json={}, headers=headers
    )
    assert answer.status_code == 422
    assert "paste its key" in answer.json()["detail"]


async def test_the_list_of_connectors_says_how_to_connect(gateway: Harness) -> None:
    api = await gateway.api()
    found = (await api.get("/v1/connectors/available")).json()["connectors"]
    by_name = {each["name"]: each for each in found}
    assert by_name["keyed"]["methods"] == ["api_key"]
    assert by_name["tokened"]["methods"] == ["client_credentials"]
    assert by_name["keyed"]["key_inputs"]["key"]["secret"] is True
    assert by_name["keyed"]["connect_url"] == f"{GATEWAY_URL}/connectors/keyed"


async def state(gateway: Harness, connection: str) -> tuple[str, str | None]:
    """The status and its reason as the API shows them."""
    api = await gateway.api(Role.CONNECTIONS)
    shown = (await api.get(f"/v1/connections/{connection}")).json()
    return shown["status"], shown["status_reason"]


async def wait_out(gateway: Harness) -> None:
    """The pause after a check or a failed request is over."""
    rows = gateway.services.pasted._leases._rows
    for tenant in ("default",):
        await rows.update_many({"tenant": tenant}, {"$set": {"refresh.not_before": None}})
    gateway.services.pasted._provider._outbound.bulkhead._breakers.clear()
