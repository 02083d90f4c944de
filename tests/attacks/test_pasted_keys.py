"""Attacks on pasted keys: on whose they are, on where they go, and on what is stored of them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.engine.key_requests import ApiCall
from gateway.errors import ConnectionNotFound, EgressRefused
from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from tests.support.browser import Browser
from tests.support.gateway import Harness
from tests.support.linking import dump
from tests.support.pasted import (
    INPUTS,
    KEY,
    OTHER_KEY,
    OTHER_PAIR,
    PAIR,
    Providers,
    gateway_with_keys,
    paste,
)
from tests.support.rows import Rows

OTHER = INPUTS | {"key": OTHER_KEY}


@pytest.fixture
def providers() -> Providers:
    return Providers()


@pytest.fixture
async def rows(mongodb_url: str, database_name: str) -> AsyncIterator[Rows]:
    """The rows of the gateway's database."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        yield Rows(database)


@pytest.fixture
async def gateway(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers
) -> AsyncIterator[Harness]:
    """A gateway in this process, whose user may try three keys a minute."""
    async with gateway_with_keys(
        mongodb_url,
        database_name,
        tmp_path,
        providers,
        limits="sign_ins=off,session_requests=off,session_starts=off,user_starts=5/m",
    ) as harness:
        yield harness


async def send(
    browser: Browser, token: str, origin: str, inputs: dict[str, str] = INPUTS
) -> httpx.Response:
    """Send a key with a token and from a site of the attacker's choice."""
    headers = {"Origin": origin, "X-CSRF-Token": token, "Accept": "application/json"}
    url = f"{browser.gateway_url}/v1/connectors/keyed/connect"
    return await browser.client.post(url, json={"inputs": inputs}, headers=headers)


@pytest.mark.requirement("F1", "A15")
async def test_nobody_replaces_or_checks_the_key_of_another_person(
    gateway: Harness, rows: Rows
) -> None:
    """The attacker knows the id, and its own key is right."""
    shown = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
    before = await rows.connections()
    mallory = await gateway.browser("mallory")
    answer = await paste(mallory, "keyed", OTHER, reconnect=shown["id"])
    assert answer.status_code == 404
    checked = await mallory.client.post(
        f"{mallory.gateway_url}/dashboard/connections/{shown['id']}/check",
        data={"csrf_token": mallory.csrf_token()},
        headers={"Origin": mallory.gateway_url, "Sec-Fetch-Site": "same-origin"},
    )
    assert checked.status_code == 404
    assert await rows.connections() == before


@pytest.mark.requirement("F1")
async def test_nobody_replaces_the_key_of_a_person_of_the_same_name_in_another_tenant(
    gateway: Harness, rows: Rows
) -> None:
    shown = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
    before = await rows.connections()
    config = gateway.services.catalog.get("keyed")
    with pytest.raises(ConnectionNotFound):
        await gateway.services.pasted.connect(
            config, tenant="acme", owner="user:alice", given=OTHER, replaces=shown["id"]
        )
    assert await rows.connections() == before


@pytest.mark.requirement("A4", "G2")
async def test_another_site_links_no_key_of_its_own_to_a_person(
    gateway: Harness, rows: Rows
) -> None:
    """Their tools would write into the attacker's account. It has read a token of the page."""
    victim = await gateway.browser("alice")
    await victim.open("/connectors/keyed")
    answer = await send(victim, victim.csrf_token(), "https://evil.example")
    assert answer.status_code == 403
    assert await rows.connections() == []


@pytest.mark.requirement("G2", "G5")
async def test_a_page_of_another_session_links_no_key(gateway: Harness, rows: Rows) -> None:
    attacker, victim = await gateway.browser("mallory"), await gateway.browser("alice")
    await attacker.open("/connectors/keyed")
    answer = await send(victim, attacker.csrf_token(), victim.gateway_url)
    assert answer.status_code == 403
    assert await rows.connections() == []


async def test_a_refused_key_is_not_stored(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("mallory")
    wrong = INPUTS | {"key": KEY[:-1] + "0"}
    assert (await paste(browser, "keyed", wrong)).status_code == 422
    assert await rows.connections() == []


@pytest.mark.requirement("L1", "F6")
async def test_keys_are_not_guessed_through_the_gateway(
    gateway: Harness, providers: Providers
) -> None:
    """The provider sees the gateway's address, and none of the attacker's."""
    browser = await gateway.browser("mallory")
    await browser.open("/connectors/keyed")
    token = browser.csrf_token()
    guesses = [INPUTS | {"key": f"kd-live-{number:016x}"} for number in range(30)]
    answers = [await send(browser, token, browser.gateway_url, guess) for guess in guesses]
    assert answers[-1].status_code == 429
    assert len(providers.requests) < 10


@pytest.mark.requirement("A15")
async def test_a_key_of_another_account_does_not_replace_one(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "named", PAIR)).json()
    before = await rows.connections()
    providers.account = {"id": "acct-of-mallory", "name": "Acme"}
    answer = await paste(browser, "named", OTHER_PAIR, reconnect=shown["id"])
    assert answer.status_code == 409
    assert await rows.connections() == before


@pytest.mark.requirement("C6", "J3")
async def test_a_provider_that_repeats_a_key_has_it_shown_nowhere(
    gateway: Harness, providers: Providers
) -> None:
    """As a label, it would be on pages, in webhooks' receivers' lists and in clear in a backup."""
    browser = await gateway.browser("alice")
    providers.account = {"id": "acct-1", "name": PAIR["app"]}
    assert PAIR["app"] not in (await paste(browser, "named", PAIR)).text
    assert PAIR["app"] not in (await browser.open("/dashboard/connectors")).text


@pytest.mark.requirement("C7")
async def test_a_key_goes_to_declared_hosts_only(gateway: Harness, providers: Providers) -> None:
    """The code of a connector has taken an address out of an answer."""
    config, pasted = gateway.services.catalog.get("keyed"), gateway.services.pasted
    assert config.key is not None
    for url in (
        "https://evil.example/v1/me",
        "https://api.keyed.example@evil.example/v1/me",
        "https://api.keyed.example.evil.example/v1/me",
        "http://api.keyed.example/v1/me",
        "https://api.keyed.example:8443/v1/me",
    ):
        with pytest.raises(EgressRefused):
            await pasted._provider.call(config, config.key, INPUTS, None, ApiCall(url=url))
    assert providers.requests == []


@pytest.mark.requirement("E1")
async def test_a_reader_of_the_database_finds_no_key(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    await paste(await gateway.browser("alice"), "keyed", INPUTS)
    assert KEY.encode() not in b"".join(dump(mongodb_url, database_name).values())


@pytest.mark.requirement("E1")
async def test_a_reader_of_the_database_cannot_test_its_guesses_of_a_key(
    gateway: Harness, rows: Rows
) -> None:
    """The identity of a key is no plain hash of it."""
    await paste(await gateway.browser("alice"), "keyed", INPUTS)
    identity = (await rows.connection())["external_account_id"]
    packed = f'{{"key":"{KEY}"}}'
    for guess in (KEY, packed, f"keyed\0{packed}", f"default\0keyed\0{packed}"):
        for hashed in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            assert hashed(guess.encode()).hexdigest()[:32] not in identity


@pytest.mark.requirement("F1", "E1")
async def test_a_reader_of_the_database_does_not_see_that_two_tenants_share_a_key(
    gateway: Harness, rows: Rows
) -> None:
    config = gateway.services.catalog.get("keyed")
    for tenant in ("acme", "other"):
        await gateway.services.pasted.connect(
            config, tenant=tenant, owner="user:alice", given=INPUTS
        )
    assert len({row["external_account_id"] for row in await rows.connections()}) == 2


@pytest.mark.requirement("E2")
async def test_a_copied_key_does_not_open_in_the_row_of_its_thief(
    gateway: Harness, rows: Rows
) -> None:
    """The attacker writes to the database, and may read tokens of its own."""
    theirs = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
    mine = (await paste(await gateway.browser("mallory"), "keyed", OTHER)).json()
    by_id = {row["_id"]: row for row in await rows.connections()}
    await rows.change_connection(mine["id"], tokens=by_id[theirs["id"]]["tokens"])
    tool = await gateway.api(Role.TOKENS)
    answer = await tool.post("/v1/connectors/keyed/token", json={"user": "mallory"})
    assert answer.status_code == 503
    assert KEY not in answer.text
