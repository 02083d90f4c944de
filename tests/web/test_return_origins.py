"""A flow that began at an application ends there, if its origin is allowed (A14)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.pasted import INPUTS, KEY, Providers, gateway_with_keys
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

APP = "https://app.example.com"
PAGE = f"{APP}/accounts?workspace=7"
ORIGINS = frozenset({APP})
ASKED = "?" + urlencode({"return_to": PAGE})


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return {"return_origins": ORIGINS}


async def visitor(gateway: Harness, user: str | None = None) -> tuple[Browser, list[str]]:
    """A browser that reaches the application, too, and what it asked for there."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, text="the application")

    browser = Browser(GATEWAY_URL, gateway.transport, sites={APP: httpx.MockTransport(answer)})
    await gateway.stack.enter_async_context(browser)
    if user is not None:
        await browser.sign_in(user)
    return browser, seen


def told(url: str) -> dict[str, str]:
    """The query that the application got."""
    assert url.startswith(f"{PAGE}&")
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


@pytest.mark.requirement("A14", "A17")
async def test_success_refusal_and_renewal_end_at_the_application(
    gateway: Harness, rows: Rows
) -> None:
    """With hints of what happened beside its own query, and from an address without a referrer."""
    browser, seen = await visitor(gateway, "alice")
    await browser.start("google", ASKED)
    await browser.submit(button="Do not allow")
    assert told(seen[-1]) == {"workspace": "7", "outcome": "declined", "connector": "google"}

    await browser.connect("google", ACCOUNTS["google"], ASKED)
    connection = (await rows.connection())["_id"]
    happened = {"workspace": "7", "connector": "google", "connection": connection}
    assert told(seen[-1]) == happened | {"outcome": "connected"}
    callback = browser.history[-2]
    assert callback.headers["referrer-policy"] == "no-referrer"
    assert callback.headers["cache-control"] == "no-store"
    assert "gateway_outcome" not in callback.headers.get("set-cookie", "")

    await browser.open(str(callback.request.url), site="cross-site")
    assert told(seen[-1])["outcome"] == "already_connected"

    await browser.connect("google", ACCOUNTS["google"], f"{ASKED}&reconnect={connection}")
    assert told(seen[-1]) == happened | {"outcome": "reconnected"}
    assert len(seen) == 4


async def test_a_failure_ends_there_and_names_no_reason(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    browser, seen = await visitor(gateway, "alice")
    sandbox.fail("google", "status_500")
    await browser.connect("google", ACCOUNTS["google"], ASKED)
    assert told(seen[-1]) == {"workspace": "7", "outcome": "failed", "connector": "google"}


async def test_the_way_leads_through_the_sign_in(gateway: Harness) -> None:
    browser, seen = await visitor(gateway)
    await browser.open(f"/connectors/notion{ASKED}&tool=mcp:notes&display=popup")
    await browser.submit({"name": "alice"}, action="/login")
    assert urlsplit(browser.url).path == "/connectors/notion"
    await browser.submit(action="/start")
    await browser.approve(ACCOUNTS["notion"])
    assert told(seen[-1])["outcome"] == "connected"


async def test_to_cancel_leads_back_and_says_so(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open(f"/connectors/google{ASKED}")
    assert told(browser.links()["Cancel"])["outcome"] == "declined"
    await browser.start("shopify", ASKED, shop="not a shop")
    assert told(browser.links()["Cancel"])["connector"] == "shopify"


async def test_a_script_starts_with_it_too(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    answer = await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/google/start",
        json={"return_to": PAGE},
        headers={"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()},
    )
    assert answer.status_code == 200
    assert (await rows.flow())["return_to"] == PAGE


@pytest.mark.requirement("A14")
async def test_an_origin_that_was_removed_meanwhile_is_not_returned_to(
    gateway: Harness, rows: Rows
) -> None:
    """And nothing in the callback's query takes the place of what was stored."""
    browser = await gateway.browser("alice")
    for account, outcome in ((ACCOUNTS["google"], "connected"), (None, "declined")):
        await browser.start("google", ASKED)
        object.__setattr__(gateway.settings, "return_origins", frozenset())
        await browser.submit(button=account or "Do not allow")
        assert urlsplit(browser.url).path == "/dashboard/connectors"
        assert browser.outcome() == outcome
        object.__setattr__(gateway.settings, "return_origins", ORIGINS)


@pytest.mark.requirement("A14")
async def test_the_callbacks_query_names_no_page(gateway: Harness) -> None:
    browser, seen = await visitor(gateway, "alice")
    await browser.connect("google", ACCOUNTS["google"])
    callback = browser.history[-2].request.url
    await browser.open(str(callback.copy_merge_params({"return_to": PAGE})), site="cross-site")
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert seen == []


@pytest.mark.requirement("A14", "A6")
async def test_a_pasted_key_leads_back_from_a_page_of_its_own(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers, rows: Rows
) -> None:
    """A redirect would be blocked by form-action. A key that is refused stays on the form."""
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, return_origins=ORIGINS
    ) as gateway:
        browser, seen = await visitor(gateway, "alice")
        await browser.open(f"/connectors/keyed{ASKED}")
        values = {f"input.{name}": value for name, value in INPUTS.items()}
        page = await browser.submit(values | {"input.key": KEY[:-1] + "0"}, action="/connect")
        assert page.status_code == 422
        assert told(browser.links()["Cancel"])["outcome"] == "declined"
        assert seen == []

        await browser.submit(values, action="/connect")
        connection = (await rows.connection())["_id"]
        assert told(seen[-1]) == {
            "workspace": "7",
            "outcome": "key_stored",
            "connector": "keyed",
            "connection": connection,
        }
        page = browser.history[0]
        assert page.status_code == 200
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "form-action 'self'" in page.headers["content-security-policy"]
        assert 'rel="noreferrer">Continue' in page.text


async def test_the_other_way_to_connect_keeps_the_page(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open(f"/connectors/linear{ASKED}")
    key_path = browser.links()["Paste an API key instead"]
    assert dict(parse_qsl(urlsplit(key_path).query))["return_to"] == PAGE
    await browser.open(key_path)
    link = next(url for text, url in browser.links().items() if text.startswith("Sign in at"))
    assert dict(parse_qsl(urlsplit(link).query)) == {"return_to": PAGE}
