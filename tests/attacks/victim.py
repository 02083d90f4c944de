"""The actions of an attack's people in Chromium, up to the callback."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response, expect

from tests.attacks.arena import Arena
from tests.support.dashboard import connect

CALLBACK = re.compile(r"/v1/connectors/[^/]+/callback")
_PROVIDER = re.compile(r"[?&]code_challenge=")


def start(page: Page, connector: str, **config: str) -> str:
    """Go on to the provider, from the gateway's own pages: the authorization request's address."""
    with page.expect_request(_PROVIDER) as request:
        page.goto(f"/connectors/{connector}")
        _fill(page, config)
    page.get_by_role("heading", name="Choose an account").wait_for()
    return request.value.url


def start_only(page: Page, connector: str, **config: str) -> str:
    """Begin a flow, but do not go on to the provider: the authorization request's address."""
    # An empty page in its place, and no failure: Chromium would try again by itself.
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
    """Agree on the consent page that is open; what the callback answered."""
    with page.expect_response(CALLBACK) as answer:
        page.get_by_role("button", name=account, exact=True).click()
    return answer.value


def approved_callback(page: Page, account: str) -> str:
    """Agree on the consent page that is open: the callback's address, not opened yet."""
    button = page.get_by_role("button", name=account, exact=True)
    form: dict[str, str | float | bool] = {
        "ticket": page.locator("input[name=ticket]").first.input_value(),
        "account": button.get_attribute("value") or "",
    }
    target = page.evaluate("new URL('/_sandbox/consent', location).href")
    # Over the profile's own connection, because a page cannot be stopped at a redirect.
    answer = page.context.request.post(target, form=form, max_redirects=0)
    assert answer.status == 303, answer.text()
    return answer.headers["location"]


def open_callback(page: Page, address: str) -> Response:
    """Open an address that leads, at once or over a provider, to a callback: what that answered."""
    with page.expect_response(CALLBACK) as answer:
        page.goto(address)
    return answer.value


def assert_refused(page: Page, answer: Response, status: int = 403) -> None:
    """The page says that nothing was connected."""
    assert answer.status == status
    expect(page.get_by_role("heading", name="Nothing was connected")).to_be_visible()


def assert_an_honest_flow_still_works(arena: Arena, page: Page, user: str) -> None:
    """A refused flow of another person does not block the victim's own flow."""
    connect(page, "notion", "Acme HQ (Ana Diaz)")
    assert "Acme HQ" in [row["account_label"] for row in arena.connections(user)]
