"""A visitor who could not finish a person's attempt does not end it either."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import anyio
import pytest

from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, declined_callback, with_params
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.identity_provider import running_identity_provider
from tests.support.logins import (
    GATEWAY_URL,
    HOST_URL,
    gateway_with,
    leads_to,
    post_login,
    returning,
    user_of,
)
from tests.support.sandbox import SandboxProcess


async def waiting(gateway: Harness) -> tuple[Browser, str]:
    """Return a browser that comes back from the provider, and its callback's URL."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    return browser, await approved_callback(browser, ACCOUNTS["google"])


VISITORS = {
    "scanner": {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)"},
    "preview": {"User-Agent": "facebookexternalhit/1.1", "Accept": "*/*"},
    "old prefetch of Chrome": {"Purpose": "prefetch"},
    "old prefetch of Firefox": {"X-Moz": "prefetch"},
    "prefetch proxy": {"Sec-Purpose": "prefetch;anonymous-client-ip"},
}


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("visitor", [*VISITORS])
async def test_link_scanner_does_not_end_the_attempt(
    gateway: Harness, sandbox: SandboxProcess, visitor: str
) -> None:
    """Codes that were "redeemed already" (AzureAD/microsoft-identity-web#2328, #2612,
    AzureAD/microsoft-authentication-library-for-js#4217).

    The prefetch headers of older browsers: https://developer.chrome.com/docs/web-platform/prerender-pages
    and https://bugzilla.mozilla.org/show_bug.cgi?id=1836328.
    """
    browser, callback = await waiting(gateway)
    scanner, before = await gateway.browser(), sandbox.mark()
    for _ in range(3):
        answer = await scanner.client.get(callback, headers=VISITORS[visitor])
        assert answer.status_code in {204, 403}
    assert sandbox.token_requests("google", after=before) == []
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "connected"


async def test_person_who_opens_the_callback_in_another_browser_can_still_finish(
    gateway: Harness,
) -> None:
    """A provider's app on a phone opens the system's default browser
    (openid/AppAuth-iOS#565, openid/AppAuth-Android#619)."""
    browser, callback = await waiting(gateway)
    other = await gateway.browser("alice")
    assert (await other.open(callback, site="cross-site")).status_code == 403
    assert "in another browser" in other.text
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "connected"


async def test_error_response_without_the_cookie_ends_nothing(gateway: Harness) -> None:
    """An image on another page names ``error=access_denied``; the person is still to approve."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    consent = browser.page
    stranger = await gateway.browser()
    declined = await declined_callback(browser)
    assert (await stranger.open(declined)).status_code == 403
    browser.page = consent
    await browser.open(declined)
    assert browser.outcome() == "declined"


async def test_wrong_connector_without_the_cookie_ends_nothing(gateway: Harness) -> None:
    """The cookie is judged first, so that no other check of a stranger uses the flow up."""
    browser, callback = await waiting(gateway)
    stranger = await gateway.browser("mallory")
    swapped = callback.replace("/google/", "/notion/")
    for url in (swapped, with_params(callback, iss="https://evil.example")):
        assert (await stranger.open(url)).status_code == 403
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "connected"


async def test_scanners_at_the_same_moment_leave_one_exchange(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """Twenty strangers and a double fetch of the person's own browser: one token request."""
    browser, callback = await waiting(gateway)
    strangers = [await gateway.browser() for _ in range(20)]
    before, seen = sandbox.mark(), list[str]()

    async def visit(visitor: Browser) -> None:
        answer = await visitor.client.get(callback)
        ended = re.search(r"outcome=(\w+)", answer.headers.get("location", ""))
        seen.append(ended[1] if ended else str(answer.status_code))

    async with anyio.create_task_group() as group:
        for visitor in [*strangers, browser, browser]:
            group.start_soon(visit, visitor)
    assert sorted(seen) == ["403"] * 20 + ["already_connected", "connected"]
    assert len(sandbox.token_requests("google", after=before)) == 1


SCANNERS = [
    pytest.param({"User-Agent": ""}, id="edalzell/laravel-passwordless-login#79"),
    pytest.param({"User-Agent": "Mozilla/5.0 Chrome/97.0"}, id="outline/outline#9227"),
    pytest.param({"Purpose": "prefetch"}, id="supabase/auth#1214"),
]
"""Services that open the links of a sign-in first (also nextauthjs/next-auth#1840)."""


async def assert_only_the_browser_that_began_arrives(
    gateway: Harness, browser: Browser, url: str, headers: dict[str, str], user: str
) -> None:
    """Open a sign-in's last address as a scanner, with a foreign cookie, and as the person."""
    scanner, other = await gateway.browser(), await gateway.browser()
    (name,) = browser.client.cookies
    other.client.cookies.set(name, "A" * 43, domain="localhost.local", path="/")
    for visitor in (scanner, scanner, other):
        answer = await visitor.client.get(url, headers=headers)
        assert answer.status_code in {204, 400}
        assert "set-cookie" not in answer.headers
    await browser.open(url, site="cross-site")
    assert user_of(browser) == user


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("headers", SCANNERS)
async def test_link_scanner_does_not_end_a_sign_in_at_an_identity_provider(
    mongodb_url: str, database_name: str, clock: FakeClock, headers: dict[str, str]
) -> None:
    async with (
        running_identity_provider() as provider,
        gateway_with(provider, mongodb_url, database_name, clock) as gateway,
    ):
        browser = await gateway.browser()
        url = await returning(browser)
        await assert_only_the_browser_that_began_arrives(gateway, browser, url, headers, "u_alice")
        assert provider.count("/token") == 1


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("headers", SCANNERS)
async def test_link_scanner_does_not_end_a_hand_off(
    mongodb_url: str, database_name: str, clock: FakeClock, headers: dict[str, str]
) -> None:
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        login="handoff",
        handoff_url=HOST_URL,
    ) as gateway:
        browser = await gateway.browser()
        asked = dict(parse_qsl(urlsplit(leads_to(await post_login(browser))).query))
        accepted = await gateway.services.logins.handoff.accept(
            asked["login_challenge"], tenant="default", user="alice"
        )
        await assert_only_the_browser_that_began_arrives(
            gateway, browser, accepted.return_url, headers, "alice"
        )
