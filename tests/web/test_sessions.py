"""Signing in and out, and the cookie that stands for it (security G1)."""

from __future__ import annotations

import hashlib
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.store.sessions import ABSOLUTE, IDLE
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import running_sandbox

DASHBOARD = "/dashboard/connectors"
HTTPS_URL = "https://gateway.example.com"


def cookies_set(answer: httpx.Response) -> dict[str, Morsel[str]]:
    """The cookies that an answer sets, with their attributes."""
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return dict(jar)


async def signed_in(browser: Browser) -> bool:
    """Whether the dashboard knows who is there."""
    await browser.open(DASHBOARD)
    return urlsplit(browser.url).path == DASHBOARD


async def sign_in(browser: Browser, **headers: str) -> httpx.Response:
    """The answer to the sign-in form, not followed."""
    return await browser.client.post(
        f"{browser.gateway_url}/login",
        data={"name": "alice", "code": browser.sign_in_code},
        headers={"Origin": browser.gateway_url, **headers},
    )


@pytest.mark.requirement("G1")
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "https"}], ids=["plain", "proxy"])
async def test_on_localhost_the_cookie_works_without_tls(
    gateway: Harness, rows: Rows, headers: dict[str, str]
) -> None:
    """By the configured address and not by what a request says."""
    answer = await sign_in(await gateway.browser(), **headers)
    assert (answer.status_code, answer.headers["location"]) == (303, DASHBOARD)
    ((name, cookie),) = cookies_set(answer).items()
    assert name == "gateway_session"
    assert (cookie["httponly"], cookie["secure"]) == (True, "")
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")
    assert cookie["max-age"] == str(int(ABSOLUTE.total_seconds()))
    (row,) = await rows.sessions()
    assert row["_id"] == hashlib.sha256(cookie.value.encode()).hexdigest()
    assert cookie.value not in repr(row)  # E5: a reader of the database cannot be alice


@pytest.mark.requirement("G1")
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "http"}], ids=["plain", "proxy"])
async def test_on_https_the_cookie_is_bound_to_the_host(
    mongodb_url: str, database_name: str, headers: dict[str, str]
) -> None:
    """``__Host-`` and Secure, independent of a proxy's headers."""
    async with running_gateway(mongodb_url, database_name, public_url=HTTPS_URL) as gateway:
        answer = await sign_in(await gateway.browser(), **headers)
        ((name, cookie),) = cookies_set(answer).items()
        assert name == "__Host-gateway_session"
        assert (cookie["httponly"], cookie["secure"]) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")


@pytest.mark.requirement("A1", "G1")
async def test_the_whole_way_works_on_https(
    mongodb_url: str, database_name: str, tmp_path: Path
) -> None:
    """The flow cookie is of the same kind as the session's."""
    with running_sandbox(tmp_path, HTTPS_URL) as sandbox:
        async with running_gateway(
            mongodb_url, database_name, sandbox=sandbox.url, public_url=HTTPS_URL
        ) as gateway:
            browser = await gateway.browser("alice")
            await browser.start("google")
            ((name, cookie),) = cookies_set(browser.history[0]).items()
            assert name.startswith("__Host-gateway_flow_")
            assert (cookie["httponly"], cookie["secure"]) == (True, True)
            assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")
            assert cookie["max-age"] == "600"
            await browser.approve(ACCOUNTS["google"])
            assert browser.outcome() == "connected"
            assert [*browser.client.cookies] == ["__Host-gateway_session"]
            await browser.submit(action="/logout")
            assert [*browser.client.cookies] == []


@pytest.mark.requirement("G1")
async def test_signing_in_gives_a_new_session_and_ends_the_old_one(
    gateway: Harness, rows: Rows
) -> None:
    """A session that somebody planted in the browser is worth nothing afterwards."""
    browser = await gateway.browser()
    browser.client.cookies.set("gateway_session", "A" * 43, domain="localhost.local", path="/")
    await browser.sign_in("alice")
    first = browser.client.cookies["gateway_session"]
    assert first != "A" * 43
    answer = await sign_in(browser)
    second = cookies_set(answer)["gateway_session"].value
    assert second != first
    assert len(await rows.sessions()) == 1
    stolen = await gateway.browser()
    stolen.client.cookies.set("gateway_session", first, domain="localhost.local", path="/")
    assert not await signed_in(stolen)


async def test_after_signing_out_the_session_is_dead_on_the_server_too(
    gateway: Harness, rows: Rows
) -> None:
    browser, elsewhere = await gateway.browser("alice"), await gateway.browser("alice")
    cookie = browser.client.cookies["gateway_session"]
    await browser.submit(action="/logout")
    assert urlsplit(browser.url).path == "/login"
    assert [*browser.client.cookies] == []
    assert len(await rows.sessions()) == 1
    browser.client.cookies.set("gateway_session", cookie, domain="localhost.local", path="/")
    assert not await signed_in(browser)
    assert await signed_in(elsewhere)


async def test_a_session_dies_when_nobody_uses_it(gateway: Harness, clock: FakeClock) -> None:
    browser = await gateway.browser("alice")
    clock.advance(seconds=IDLE.total_seconds() - 60)
    assert await signed_in(browser)
    clock.advance(seconds=IDLE.total_seconds() - 60)
    assert await signed_in(browser)  # the visit before has kept it alive
    clock.advance(seconds=IDLE.total_seconds())
    assert not await signed_in(browser)
    page = await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/google/start",
        json={},
        headers={"Origin": GATEWAY_URL, "Accept": "application/json"},
    )
    assert page.status_code == 401


async def test_a_session_dies_after_a_week_however_much_it_is_used(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    half_days = int(ABSOLUTE.total_seconds() // (11 * 3600))
    for _ in range(half_days):
        clock.advance(hours=11)
        assert await signed_in(browser)
    clock.advance(hours=11)
    assert not await signed_in(browser)


@pytest.mark.requirement("E5")
@pytest.mark.parametrize(
    "cookie", ["", "x", "A" * 43, "A" * 44, "A" * 42 + "é", "A" * 8000, '{"$ne":null}', "null"]
)
async def test_a_cookie_that_stands_for_nobody_is_nobody(gateway: Harness, cookie: str) -> None:
    """And never an error."""
    api = await gateway.api()
    header = {b"Cookie": b"gateway_session=" + cookie.encode(), b"Accept": b"application/json"}
    answer = await api.get("/v1/connections", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "a\x00b", "a\tb", "\u202ealice"])
async def test_a_name_that_is_none_is_refused_in_words(
    gateway: Harness, rows: Rows, name: str
) -> None:
    browser = await gateway.browser()
    await browser.open("/login?next=/connectors/google")
    page = await browser.submit({"name": name}, action="/login")
    assert page.status_code == 422
    assert "A name has 1 to 255 printable characters." in browser.text
    assert await rows.sessions() == []
    await browser.submit({"name": "alice"}, action="/login")
    assert urlsplit(browser.url).path == "/connectors/google"  # the way back was kept


async def test_a_suggested_name_signs_in_with_one_click(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(button="bob")
    assert "Signed in as bob" in browser.text
    assert await signed_in(browser)


@pytest.mark.parametrize("user", ["x" * 255, "Ana Díaz", "用户", "u_123", "a:b/c?d#e@f", "50%"])
async def test_any_printable_name_is_a_user(gateway: Harness, user: str) -> None:
    browser = await gateway.browser(user)
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    assert (await gateway.token("notion", user)).json()["connection"]["user"] == user
