"""The callback's answer for every ending of a flow (security A9, A17, A18)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, declined_callback, with_params
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

SCRIPT = "<script>alert('from the provider')</script>"


async def google_callback(browser: Browser, *, declined: bool = False) -> str:
    """Start a flow in this browser; return its callback, not yet opened."""
    await browser.start("google")
    if declined:
        return await declined_callback(browser)
    return await approved_callback(browser, ACCOUNTS["google"])


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("access_denied", "declined"),
        ("server_error", "refused"),
        ("temporarily_unavailable", "refused"),
        ("interaction_required", "refused"),
        (SCRIPT, "refused"),
        ("", "refused"),
        ("x" * 5000, "refused"),
        ("Access_Denied ", "refused"),
    ],
)
async def test_provider_error_is_shown_in_the_gateways_words(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, error: str, outcome: str
) -> None:
    """The provider's words are in no page and no address, and the state is used up."""
    browser = await gateway.browser("alice")
    declined = await google_callback(browser, declined=True)
    callback = with_params(
        declined, error=error, error_description=SCRIPT, error_uri="https://evil.example/more"
    )
    before = sandbox.mark()
    await browser.open(callback, site="cross-site")
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert browser.outcome() == outcome
    for page in browser.history:
        shown = page.text + page.headers.get("location", "")
        for word in (SCRIPT, "from the provider", "evil.example", "server_error"):
            assert word not in shown
    assert (await rows.flow())["used_at"] is not None
    assert sandbox.token_requests("google", after=before) == []

    await browser.open(callback)
    assert browser.outcome() == "already_connected"


@pytest.mark.requirement("A9")
async def test_error_callback_of_another_persons_flow_is_refused(
    gateway: Harness, rows: Rows
) -> None:
    """An error callback needs session and cookie like any other."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    callback = await google_callback(alice, declined=True)
    assert (await bob.open(callback)).status_code == 403
    unknown = with_params(callback, state="A" * 43)
    assert (await alice.open(unknown)).status_code == 400
    assert await rows.connections() == []


Act = Callable[[Harness, Browser], Awaitable[httpx.Response]]
"""Opens a callback in some way, and returns the answer."""


def opening(
    change: Callable[[str], str] = str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Act:
    """Open an approved callback once, after a ``change`` of its address."""

    async def act(gateway: Harness, browser: Browser) -> httpx.Response:
        callback = change(await google_callback(browser))
        return await browser.client.request(method, callback, headers=headers)

    return act


async def open_again(gateway: Harness, browser: Browser) -> httpx.Response:
    callback = await google_callback(browser)
    await browser.open(callback)
    return await browser.client.get(callback)


async def open_declined(gateway: Harness, browser: Browser) -> httpx.Response:
    return await browser.client.get(await google_callback(browser, declined=True))


async def open_late(gateway: Harness, browser: Browser) -> httpx.Response:
    callback = await google_callback(browser)
    gateway.clock.advance(minutes=11)
    return await browser.client.get(callback)


async def open_with_wrong_signature(gateway: Harness, browser: Browser) -> httpx.Response:
    await browser.start("shopify", shop="acme")
    callback = await approved_callback(browser, ACCOUNTS["shopify"])
    return await browser.client.get(with_params(callback, shop="other.myshopify.com"))


async def open_in_other_browser(gateway: Harness, browser: Browser) -> httpx.Response:
    other = await gateway.browser("bob")
    return await other.client.get(await google_callback(browser))


async def post(gateway: Harness, browser: Browser) -> httpx.Response:
    callback = await google_callback(browser)
    fields = parse_qs(urlsplit(callback).query)
    return await browser.client.post(callback.partition("?")[0], data=fields)


ENDINGS: dict[str, tuple[int, Act]] = {
    "connected": (303, opening()),
    "opened again": (303, open_again),
    "declined": (303, open_declined),
    "expired": (303, open_late),
    "code not accepted": (303, opening(lambda url: with_params(url, code="not-the-right-code"))),
    "not signed by the provider": (400, open_with_wrong_signature),
    "state unknown": (400, opening(lambda url: with_params(url, state="A" * 43))),
    "other browser": (403, open_in_other_browser),
    "other connector": (400, opening(lambda url: url.replace("/google/", "/notion/"))),
    "unknown connector": (400, opening(lambda url: url.replace("/google/", "/nowhere/"))),
    "ambiguous": (400, opening(lambda url: url + "&state=another-state")),
    "token in the address": (400, opening(lambda url: url + "&access_token=x")),
    "wrong host": (400, opening(headers={"Host": "evil.example"})),
    "head": (204, opening(method="HEAD")),
    "prefetch": (204, opening(headers={"Sec-Purpose": "prefetch"})),
    "posted": (405, post),
}


@pytest.mark.requirement("A17")
@pytest.mark.parametrize("accept", ["text/html", "*/*"], ids=["page", "problem"])
@pytest.mark.parametrize("name", [*ENDINGS])
async def test_answer_of_the_callback_does_not_leak_its_address(
    gateway: Harness, name: str, accept: str
) -> None:
    """No referrer, no cache, no third party, and away from the address with the code."""
    status, act = ENDINGS[name]
    browser = await gateway.browser("alice")
    browser.client.headers["Accept"] = accept
    answer = await act(gateway, browser)
    assert answer.status_code == status, answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", _own_content(answer))
    given = answer.request.url.params
    for secret in given.get_list("state") + given.get_list("code"):
        assert secret not in answer.text
    if status == 303:
        target = urlsplit(answer.headers["location"])
        assert (target.scheme, target.netloc, target.path) == ("", "", "/dashboard/connectors")
        assert {*parse_qs(target.query)} <= {"outcome", "connector", "account", "ref"}


@pytest.mark.requirement("A17")
@pytest.mark.parametrize("accept", ["text/html", "*/*"], ids=["page", "problem"])
async def test_internal_error_of_the_callback_does_not_leak_its_address(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen words")

    browser = await gateway.browser("alice")
    callback = await google_callback(browser)
    monkeypatch.setattr(gateway.services.connect, "finish", broken)
    answer = await browser.client.get(callback, headers={"Accept": accept})
    assert answer.status_code == 500
    assert "unforeseen" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] in answer.text


@pytest.mark.requirement("A18")
async def test_posted_authorization_response_is_refused(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """``response_mode=form_post`` would come without our cookies; only queries are read."""
    browser = await gateway.browser("alice")
    callback = await google_callback(browser)
    before = sandbox.mark()
    answer = await browser.client.post(callback, data=parse_qs(urlsplit(callback).query))
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert (await rows.flow())["used_at"] is None
    assert sandbox.token_requests("google", after=before) == []
    assert "response_mode" not in browser.url


@pytest.mark.requirement("A17")
async def test_a_callback_address_with_a_slash_at_its_end_is_nothing(
    gateway: Harness, rows: Rows
) -> None:
    """No redirect may carry code and state along."""
    browser = await gateway.browser("alice")
    callback = await google_callback(browser)
    answer = await browser.client.get(callback.replace("/callback?", "/callback/?"))
    assert answer.status_code == 404
    assert (await rows.flow())["used_at"] is None


async def test_the_request_id_leads_from_the_notice_to_the_log(
    gateway: Harness, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await gateway.browser("alice")
    callback = await google_callback(browser)
    clock.advance(minutes=11)
    await browser.open(callback)
    reference = browser.history[0].headers["x-request-id"]
    assert reference in browser.text
    assert reference in capsys.readouterr().out


def _own_content(answer: httpx.Response) -> str:
    """The page without links that a person may follow: to the control page, and to this host."""
    page = re.sub(r'<div class="banner".*?</div>', "", answer.text, flags=re.DOTALL)
    return page.replace(f'href="{GATEWAY_URL}/', 'href="/')
