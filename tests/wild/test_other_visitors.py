"""A visitor who could not finish a person's attempt does not end it either."""

from __future__ import annotations

import re

import anyio
import pytest

from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, declined_callback, with_params
from tests.support.gateway import ACCOUNTS, Harness
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
    assert sorted(seen)[20:] == ["already_connected", "connected"]
    # A stranger who comes after the person finds an attempt that is used up.
    assert {*sorted(seen)[:20]} <= {"400", "403"}
    assert len(sandbox.token_requests("google", after=before)) == 1
