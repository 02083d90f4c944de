"""Signing in at an OpenID Connect provider: who gets a session, in which browser, and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.gateway import FakeClock, Harness
from tests.support.identity_provider import IdentityProviderServer, running_identity_provider
from tests.support.logins import (
    DASHBOARD,
    GATEWAY_URL,
    gateway_with,
    leads_to,
    parameters,
    post_login,
    returning,
    signed_in,
    user_of,
)
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.web.test_sessions import cookies_set

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProviderServer]:
    async with running_identity_provider() as running:
        yield running


@pytest.fixture
async def gateway(
    provider: IdentityProviderServer, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    async with gateway_with(provider, mongodb_url, database_name, clock) as harness:
        yield harness


async def refused(answer: httpx.Response, code: str) -> None:
    """An answer of our own, without a session, that leaks no address."""
    assert problem(answer, 400, code)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


async def test_a_person_signs_in_and_comes_back_to_the_page_they_wanted(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    browser = await gateway.browser()
    await browser.open("/login?next=/dashboard/connectors?outcome%3Dx")
    assert provider.requests == []  # opening the page begins nothing
    await browser.submit(action="/login")
    assert browser.url == f"{GATEWAY_URL}/dashboard/connectors?outcome=x"
    assert user_of(browser) == "u_alice"
    (session,) = await rows.sessions()
    assert (session["tenant"], session["user"]) == ("default", "u_alice")
    assert [*browser.client.cookies] == ["gateway_session"]  # the attempt's cookie is gone
    callback = next(answer for answer in browser.history if "/login/callback" in str(answer.url))
    assert callback.status_code == 303
    assert callback.headers["referrer-policy"] == "no-referrer"
    assert callback.headers["cache-control"] == "no-store"


@pytest.mark.requirement("A5", "A12", "A13", "A14")
async def test_the_request_says_what_the_specification_asks_for(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    """Nothing of ours in the state, S256, the redirect URI from the settings."""
    browser = await gateway.browser()
    page = await browser.client.post(
        f"{GATEWAY_URL}/login",
        data={"next": "/connectors/google"},
        headers={"Origin": GATEWAY_URL, "X-Forwarded-Host": "evil.example"},
    )
    asked = parameters(leads_to(page))
    assert asked["redirect_uri"] == f"{GATEWAY_URL}/login/callback"
    assert (asked["response_type"], asked["client_id"]) == ("code", "gateway")
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid", "S256")
    assert {len(asked[name]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert "connectors" not in leads_to(page)


@pytest.mark.requirement("A11")
async def test_the_database_cannot_finish_a_sign_in(gateway: Harness, rows: Rows) -> None:
    """Neither state nor nonce, verifier or cookie is in it."""
    browser = await gateway.browser()
    page = await post_login(browser)
    ((_, cookie),) = cookies_set(page).items()
    asked = parameters(leads_to(page))
    (row,) = await rows.logins()
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"], cookie.value):
        assert secret not in repr(row)


@pytest.mark.requirement("G1")
async def test_the_cookie_of_an_attempt_is_bound_to_the_host(
    provider: IdentityProviderServer, mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """``__Host-`` where browsers come over https."""
    url = "https://gateway.example.com"
    async with gateway_with(
        provider, mongodb_url, database_name, clock, mode="production", public_url=url
    ) as gateway:
        browser = await gateway.browser()
        page = await post_login(browser)
        ((name, cookie),) = cookies_set(page).items()
        assert name.startswith("__Host-gateway_login_")
        assert (cookie["httponly"], cookie["secure"], cookie["domain"]) == (True, True, "")
        assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("lax", "/", "600")
        await browser.open("/login")
        await browser.submit(action="/login")
        assert user_of(browser) == "u_alice"
        assert "development" not in browser.text


@pytest.mark.requirement("A1", "A4")
@pytest.mark.parametrize("cookie", [None, "other", "first"], ids=["none", "other", "first_try"])
async def test_only_the_browser_that_began_is_signed_in(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows, cookie: str | None
) -> None:
    """A finished callback that is sent to another person is worthless, and used up."""
    mallory, victim = await gateway.browser(), await gateway.browser()
    planted = await returning(mallory)
    if cookie == "other":
        (name,) = mallory.client.cookies
        victim.client.cookies.set(name, "A" * 43, domain="localhost.local", path="/")
    elif cookie == "first":
        await post_login(victim)  # the victim's own sign-in does not help
    await refused(await victim.client.get(planted, headers={"Accept": "*/*"}), "login_unknown")
    assert not await signed_in(victim)
    # Used up by the first visitor; the provider was not asked.
    await refused(await mallory.client.get(planted, headers={"Accept": "*/*"}), "login_unknown")
    assert provider.count("/token") == 0
    assert await rows.sessions() == []
    await mallory.open("/login")
    await mallory.submit(action="/login")
    assert user_of(mallory) == "u_alice"  # the honest way works right after


@pytest.mark.requirement("A7")
async def test_an_answer_works_once(gateway: Harness, provider: IdentityProviderServer) -> None:
    browser = await gateway.browser()
    address = await returning(browser)
    assert (await browser.client.get(address)).status_code == 303
    browser.client.cookies.delete("gateway_session")
    await refused(await browser.client.get(address, headers={"Accept": "*/*"}), "login_unknown")
    assert provider.count("/token") == 1


@pytest.mark.requirement("K1")
async def test_an_attempt_is_good_for_ten_minutes(
    gateway: Harness, provider: IdentityProviderServer, clock: FakeClock
) -> None:
    browser = await gateway.browser()
    address = await returning(browser)
    clock.advance(minutes=10, seconds=1)
    await refused(await browser.client.get(address, headers={"Accept": "*/*"}), "login_unknown")
    assert provider.count("/token") == 0


@pytest.mark.requirement("A10", "B6")
@pytest.mark.parametrize(
    "change",
    ["&code=other", "&state=x", "&error=access_denied", "&iss=x", "&id_token=x", "&access_token=x"],
)
async def test_an_ambiguous_answer_is_refused(
    gateway: Harness, provider: IdentityProviderServer, change: str
) -> None:
    """A parameter twice, a code together with an error, a token in the address."""
    browser = await gateway.browser()
    address = await returning(browser) + change
    await refused(await browser.client.get(address, headers={"Accept": "*/*"}), "callback_invalid")
    assert provider.count("/token") == 0


@pytest.mark.requirement("B4")
@pytest.mark.parametrize("iss", ["", "http://127.0.0.1:1", "{issuer}/"])
async def test_the_answer_must_come_from_the_issuer(
    gateway: Harness, provider: IdentityProviderServer, iss: str
) -> None:
    """B4 (RFC 9207): missing although promised, another, and one with a slash."""
    provider.answer = {"iss": iss.format(issuer=provider.issuer)}
    browser = await gateway.browser()
    address = await returning(browser)
    answer = await browser.client.get(address, headers={"Accept": "*/*"})
    problem(answer, 502, "login_failed")
    assert provider.count("/token") == 0


@pytest.mark.requirement("A9")
async def test_a_refusal_at_the_provider_is_told_in_our_own_words(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    provider.answer = {
        "code": "",
        "error": "access_denied",
        "error_description": "<script>alert(1)</script>",
    }
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    assert browser.page.status_code == 400
    assert "The identity provider ended the sign-in" in browser.text
    assert "script>alert" not in browser.text
    assert browser.links()["Sign in"] == "/login"
    assert not await signed_in(browser)


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("headers", [{"method": "HEAD"}, {"Sec-Purpose": "prefetch;prerender"}])
async def test_a_preview_uses_nothing_up(gateway: Harness, headers: dict[str, str]) -> None:
    browser = await gateway.browser()
    address = await returning(browser)
    method = headers.pop("method", "GET")
    assert (await browser.client.request(method, address, headers=headers)).status_code == 204
    assert (await browser.client.get(address)).status_code == 303
    assert await signed_in(browser)


@pytest.mark.requirement("G1", "G5")
async def test_signing_in_gives_a_new_session_and_ends_the_one_before(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    """Also where another person signs in."""
    browser = await gateway.browser()
    address = await returning(browser)
    planted = await gateway.services.sessions.begin(tenant="default", user="mallory")
    browser.client.cookies.set(
        "gateway_session", planted.reveal(), domain="localhost.local", path="/"
    )
    answer = await browser.client.get(address)
    assert cookies_set(answer)["gateway_session"].value != planted.reveal()
    assert [row["user"] for row in await rows.sessions()] == ["u_alice"]


async def test_after_signing_out_nobody_is_signed_in_again_unasked(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    """And the page says where a person may still be signed in."""
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    await browser.submit(action="/logout")
    assert urlsplit(browser.url).path == "/login"
    assert await rows.sessions() == []
    assert "At 127.0.0.1 you may still be signed in." in browser.text
    assert f"{provider.issuer}/end?client_id=gateway" in browser.links().values()
    assert not await signed_in(browser)


@pytest.mark.requirement("A6")
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
async def test_no_other_page_begins_a_sign_in(
    gateway: Harness, rows: Rows, origin: str | None
) -> None:
    """Nor does opening the page."""
    browser = await gateway.browser()
    await browser.open("/login")
    headers = {"Origin": origin} if origin else {}
    answer = await browser.client.post(f"{GATEWAY_URL}/login", data={}, headers=headers)
    assert answer.status_code == 403
    assert await rows.logins() == []


async def test_the_other_way_to_come_back_does_not_exist_here(gateway: Harness) -> None:
    browser = await gateway.browser()
    answer = await browser.client.get(f"{GATEWAY_URL}/login/continue", headers=PAGE)
    assert answer.status_code == 404


async def test_two_tabs_do_not_disturb_each_other(gateway: Harness) -> None:
    browser = await gateway.browser()
    first, second = await returning(browser), await returning(browser)
    assert (await browser.client.get(first)).headers["location"] == DASHBOARD
    assert (await browser.client.get(second)).headers["location"] == DASHBOARD
