"""The login hand-off: a host names the user, and only the browser with both halves signs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.logins import (
    GATEWAY_URL,
    HOST_URL,
    leads_to,
    parameters,
    post_login,
    signed_in,
    user_of,
)
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.web.test_sessions import cookies_set

JSON = {"Accept": "*/*"}


@pytest.fixture
async def gateway(mongodb_url: str, database_name: str, clock: FakeClock) -> AsyncIterator[Harness]:
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        login="handoff",
        handoff_url=HOST_URL,
    ) as harness:
        yield harness


async def begin(browser: Browser, next_page: str = "") -> str:
    """Press the sign-in page's button; the challenge that the host is sent."""
    return parameters(leads_to(await post_login(browser, next_page)))["login_challenge"]


async def accept(
    gateway: Harness, challenge: str, user: Any = "alice", tenant: str = "default"
) -> httpx.Response:
    """The API for the host's backend."""
    api = await gateway.api(Role.LOGINS, tenant=tenant)
    return await api.post("/v1/logins", json={"challenge": challenge, "user": user})


async def accepted(gateway: Harness, challenge: str, user: str = "alice", **more: str) -> str:
    """The address that the host redirects its visitor to."""
    answer = await accept(gateway, challenge, user, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["return_url"])


async def refused(browser: Browser, url: str) -> None:
    """This address signs no one in."""
    answer = await browser.client.get(url, headers=JSON)
    problem(answer, 400, "login_unknown")
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not await signed_in(browser)


async def test_a_person_signs_in_through_the_host(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser()
    await browser.open("/login?next=/dashboard/connectors?outcome%3Dx")
    assert "app.example.com" in browser.text
    assert await rows.logins() == []  # opening the page begins nothing
    page = await post_login(browser, "/dashboard/connectors?outcome=x")
    assert leads_to(page).startswith(f"{HOST_URL}&login_challenge=")
    url = await accepted(gateway, parameters(leads_to(page))["login_challenge"])
    assert url.startswith(f"{GATEWAY_URL}/login/continue?")
    await browser.open(url, site="cross-site")
    assert browser.url == f"{GATEWAY_URL}/dashboard/connectors?outcome=x"
    assert user_of(browser) == "alice"
    assert [*browser.client.cookies] == ["gateway_session"]
    assert browser.history[0].headers["referrer-policy"] == "no-referrer"


@pytest.mark.requirement("A1")
async def test_victim_sent_to_the_host_with_my_challenge_signs_no_one_in(
    gateway: Harness, rows: Rows
) -> None:
    """A1 for logins: I have the cookie, the victim gets the verifier, and no browser has both."""
    mallory, victor = await gateway.browser(), await gateway.browser()
    challenge = await begin(mallory)
    # The host finds Victor signed in, and redirects *his* browser.
    url = await accepted(gateway, challenge, "victor")
    await refused(victor, url)
    # Mallory has her cookie but not the verifier; even with it, the attempt is over.
    for guess in (
        f"{GATEWAY_URL}/login/continue?login_challenge={challenge}",
        f"{GATEWAY_URL}/login/continue?login_challenge={challenge}&login_verifier={'A' * 43}",
        url,
    ):
        await refused(mallory, guess)
    assert await rows.sessions() == []


async def test_without_the_verifier_the_cookie_is_worth_nothing(
    gateway: Harness, rows: Rows
) -> None:
    """And trying has used the attempt up."""
    mallory = await gateway.browser()
    challenge = await begin(mallory)
    url = await accepted(gateway, challenge, "victor")
    guess = url.replace(parameters(url)["login_verifier"], "A" * 43)
    await refused(mallory, guess)
    await refused(mallory, url)
    assert await rows.sessions() == []


@pytest.mark.requirement("A4")
async def test_a_finished_address_is_worth_nothing_in_another_browser(gateway: Harness) -> None:
    """Mallory cannot sign Victor in as herself either."""
    mallory, victor = await gateway.browser(), await gateway.browser()
    url = await accepted(gateway, await begin(mallory), "mallory")
    await begin(victor)  # the cookie of another attempt does not help
    await refused(victor, url)


@pytest.mark.requirement("A7")
async def test_an_accepted_challenge_signs_in_once(gateway: Harness, rows: Rows) -> None:
    """Of many at once, too."""
    browser = await gateway.browser()
    url = await accepted(gateway, await begin(browser))
    cookies = dict(browser.client.cookies)
    browsers = [await gateway.browser() for _ in range(5)]
    for other in browsers:
        other.client.cookies.update(cookies)
    answers = await asyncio.gather(*(b.client.get(url, headers=JSON) for b in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400, 400]
    assert len(await rows.sessions()) == 1


async def test_a_challenge_is_accepted_once(gateway: Harness) -> None:
    """The second answer would be a second verifier, for somebody else."""
    browser = await gateway.browser()
    challenge = await begin(browser)
    url = await accepted(gateway, challenge)
    problem(await accept(gateway, challenge, "mallory"), 404, "login_challenge_unknown")
    await browser.open(url)
    assert user_of(browser) == "alice"
    problem(await accept(gateway, challenge, "mallory"), 404, "login_challenge_unknown")


@pytest.mark.requirement("K1")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_ten_minutes_are_enough(gateway: Harness, clock: FakeClock, when: str) -> None:
    """Before the host accepted and after."""
    browser = await gateway.browser()
    challenge = await begin(browser)
    url = await accepted(gateway, challenge) if when == "after" else ""
    clock.advance(minutes=10, seconds=1)
    if when == "before":
        problem(await accept(gateway, challenge), 404, "login_challenge_unknown")
    else:
        await refused(browser, url)


@pytest.mark.requirement("A10")
@pytest.mark.parametrize(
    "change",
    ["&login_challenge={challenge}", "&login_verifier=x", "&user=admin", "&login_verifier="],
)
async def test_an_ambiguous_address_is_refused_and_uses_nothing_up(
    gateway: Harness, change: str
) -> None:
    browser = await gateway.browser()
    url = await accepted(gateway, await begin(browser))
    await refused(browser, url + change.format(**{"challenge": parameters(url)["login_challenge"]}))
    await browser.open(url)
    assert user_of(browser) == "alice"


@pytest.mark.parametrize("query", ["", "?", "?login_challenge=x", "?a=b&c=d", "?%ff=%ff", "?é"])
async def test_no_address_is_an_error_of_ours(gateway: Harness, query: str) -> None:
    await refused(await gateway.browser(), f"{GATEWAY_URL}/login/continue{query}")


@pytest.mark.requirement("A8")
async def test_a_preview_uses_nothing_up(gateway: Harness) -> None:
    browser = await gateway.browser()
    url = await accepted(gateway, await begin(browser))
    assert (await browser.client.head(url)).status_code == 204
    assert (await browser.client.get(url, headers={"Sec-Purpose": "prefetch"})).status_code == 204
    await browser.open(url)
    assert user_of(browser) == "alice"


@pytest.mark.requirement("A11")
async def test_the_database_cannot_finish_a_sign_in(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser()
    page = await post_login(browser)
    ((_, cookie),) = cookies_set(page).items()
    url = await accepted(gateway, parameters(leads_to(page))["login_challenge"])
    (row,) = await rows.logins()
    for secret in (*parameters(url).values(), cookie.value):
        assert secret not in repr(row)


@pytest.mark.requirement("F1")
async def test_the_tenant_is_that_of_the_key(gateway: Harness, rows: Rows) -> None:
    """And the challenge says nothing of it."""
    browser = await gateway.browser()
    await browser.open(await accepted(gateway, await begin(browser), "bob", tenant="acme"))
    assert [(row["tenant"], row["user"]) for row in await rows.sessions()] == [("acme", "bob")]


@pytest.mark.requirement("F4")
@pytest.mark.parametrize(
    "user", ["", "x" * 256, "a\x00b", "a\nb", None, 7, {"$ne": None}, ["alice"]]
)
async def test_a_user_that_is_none_is_refused(gateway: Harness, user: Any) -> None:
    """Before the challenge is touched."""
    challenge = await begin(await gateway.browser())
    problem(await accept(gateway, challenge, user), 422, "invalid_request")
    assert (await accept(gateway, challenge)).status_code == 201


@pytest.mark.parametrize("challenge", ["", "x", "A" * 43, "A" * 65, None, {"$ne": None}, ["x"]])
async def test_a_challenge_that_is_none_is_refused(gateway: Harness, challenge: Any) -> None:
    await begin(await gateway.browser())
    answer = await accept(gateway, challenge)
    assert answer.status_code in {404, 422}


async def test_a_state_of_the_other_way_is_no_challenge(gateway: Harness, rows: Rows) -> None:
    """An attempt of one kind cannot be finished as another, while settings change."""
    browser = await gateway.browser()
    challenge = await begin(browser)
    answer = await browser.client.get(
        f"{GATEWAY_URL}/login/callback?state={challenge}&code=x", headers=JSON
    )
    assert answer.status_code == 404
    assert (await accept(gateway, challenge)).status_code == 201
    assert "app.example.com" in (await browser.open("/login")).text
