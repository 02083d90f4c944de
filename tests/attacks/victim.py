"""The actions of an attack's people in Chromium, up to the callback."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response, expect

from tests.attacks.arena import Arena
from tests.support.dashboard import connect

CALLBACK = re.compile(r"/v1/connectors/[^/]+/callback")
_PROVIDER = re.compile(r"[?&]code_challenge=")


def start(page: Page, connector: str, **config: str) -> str:
    """Go to the provider by the gateway's pages; return the authorization request's address."""
    with page.expect_request(_PROVIDER) as request:
        page.goto(f"/connectors/{connector}")
        _fill(page, config)
    page.get_by_role("heading", name="Choose an account").wait_for()
    return request.value.url


def start_only(page: Page, connector: str, **config: str) -> str:
    """Start a flow without going to the provider; return the authorization request's address."""
    # Show an empty page instead of a failure, because Chromium would retry.
    page.route(_PROVIDER, lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"/connectors/{connector}")
    _fill(page, config)
    page.wait_for_url(_PROVIDER)
    page.unroute(_PROVIDER)
    return page.url


def _fill(page: Page, config: dict[str, str]) -> None:
    for label, value in config.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name=re.compile("Continue to")).click()


def approve(page: Page, account: str) -> Response:
    """Agree on the open consent page; return the callback's response."""
    with page.expect_response(CALLBACK) as answer:
        page.get_by_role("button", name=account, exact=True).click()
    return answer.value


def approved_callback(page: Page, account: str) -> str:
    """Agree on the open consent page; return the callback's address without opening it."""
    button = page.get_by_role("button", name=account, exact=True)
    form: dict[str, str | float | bool] = {
        "ticket": page.locator("input[name=ticket]").first.input_value(),
        "account": button.get_attribute("value") or "",
    }
    target = page.evaluate("new URL('/_sandbox/consent', location).href")
    # Use the profile's HTTP client, because a page cannot stop at a redirect.
    answer = page.context.request.post(target, form=form, max_redirects=0)
    assert answer.status == 303, answer.text()
    return answer.headers["location"]


def open_callback(page: Page, address: str) -> Response:
    """Open an address that leads to a callback; return the callback's response."""
    with page.expect_response(CALLBACK) as answer:
        page.goto(address)
    return answer.value


def assert_refused(page: Page, answer: Response, status: int = 403) -> None:
    """Check that the page says that nothing was connected."""
    assert answer.status == status
    expect(page.get_by_role("heading", name="Nothing was connected")).to_be_visible()


def assert_an_honest_flow_still_works(arena: Arena, page: Page, user: str) -> None:
    """A refused flow of another person does not block the victim's own flow."""
    connect(page, "notion", "Acme HQ (Ana Diaz)")
    assert "Acme HQ" in [row["account_label"] for row in arena.connections(user)]
