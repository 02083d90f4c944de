"""A development gateway that was used: accounts, calls, rules, an integration, an agent.

``running_world`` starts it and fills it; ``tests/real/states.py`` names the states that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from playwright.sync_api import Browser, Page, StorageState

from gateway.client import ApprovalRequired, GatewayError, SyncGateway
from tests.real.conftest import running_dev
from tests.real.test_owners_and_keys import ADMIN, held, paste
from tests.support.agents import LOOPBACK_REDIRECT, READ_WRITE, s256
from tests.support.dashboard import DASHBOARD, DevGateway, connect, sign_in
from tests.support.gateway import ACCOUNTS
from tests.support.uploads import document

ALICE, BOB = "alice", "bob"
APPLICATION = "http://localhost:9"
"""The origin of an application that may get its users back. Nothing listens there."""
AGENT = "http://127.0.0.1:51234"
"""The origin at which an agent waits for its answer; the same holds for it."""
VERIFIER = "v" * 43
INTEGRATIONS = "/dashboard/integrations"
PETS = f"{INTEGRATIONS}/pet-shop"
FIRST = document("/cats", "/dogs", "/birds", summary="List all of them, with their names.")
CHANGED = document("/cats", "/dogs", "/fish", summary="List all of them, and feed them.")
OTHER = document("/cats", "/fish", "/mice", summary="List all of them, and give them away.")


@dataclass(frozen=True)
class World:
    """The gateway, each person's signed-in browser, and the id of an agent that may ask."""

    dev: DevGateway
    signed_in: dict[str | None, StorageState | None]
    agent: str


@contextmanager
def running_world(browser: Browser, folder: Path) -> Iterator[World]:
    """Start a development gateway, and connect, break and use accounts."""
    with running_dev(folder, GATEWAY_RETURN_ORIGINS=APPLICATION) as dev:
        signed_in: dict[str | None, StorageState | None] = {None: None}
        for person in (ADMIN, ALICE, BOB):  # a policy ends what waits for an approval
            context = browser.new_context(base_url=dev.url)
            page = context.new_page()
            sign_in(page, person)
            if person == ALICE:
                _connect_all(page)
                _use(dev)
                _decide(page)
                _let_in(page, dev)
            if person == ADMIN:
                _add_integration(page)
                _limit(page)
                _set_app(page)
            signed_in[person] = context.storage_state()
            context.close()
        yield World(dev, signed_in, registered(dev))


def registered(dev: DevGateway) -> str:
    """Register an agent; its client id."""
    about = {"client_name": "Desk agent", "redirect_uris": [LOOPBACK_REDIRECT]}
    about |= {"token_endpoint_auth_method": "none"}
    answer = httpx.post(f"{dev.url}/oauth/register", json=about, trust_env=False)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["client_id"])


def consent_path(agent: str, **changes: str) -> str:
    """The page that asks whether the agent may act for somebody."""
    asked = {
        "response_type": "code",
        "client_id": agent,
        "redirect_uri": LOOPBACK_REDIRECT,
        "scope": READ_WRITE,
        "state": "of-the-agent",
        "code_challenge": s256(VERIFIER),
        "code_challenge_method": "S256",
    }
    return f"/oauth/authorize?{urlencode(asked | changes)}"


def stays(page: Page, origin: str) -> None:
    """Answer each request for ``origin`` without a page, so that a page that leads there stays."""
    page.route(f"{origin}/**", lambda route: route.fulfill(status=204))


def look_at(page: Page, text: str) -> None:
    """Paste a document of an API, and look at what it becomes."""
    page.goto(INTEGRATIONS)
    page.get_by_text("Paste a document instead").click()
    page.get_by_label("OpenAPI in JSON or YAML").fill(text)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name="Add Pet Shop").wait_for()


def read_again(page: Page, text: str) -> None:
    """Look at what another document changes."""
    page.goto(f"{PETS}/refresh")
    page.get_by_label("Another document").fill(text)
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("heading", name="What changes in").wait_for()


def _connect_all(page: Page) -> None:
    for connector, account in (
        ("salesforce", ACCOUNTS["salesforce"]),
        ("notion", ACCOUNTS["notion"]),
        ("google", ACCOUNTS["google"]),
        ("google", ACCOUNTS["google-work"]),
    ):
        connect(page, connector, account)
    paste(page, "openai", held("openai", "ana"))
    page.wait_for_url(DASHBOARD)


def _use(dev: DevGateway) -> None:
    """Call as tools do, leave two calls that wait, and let Salesforce end its grant."""
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        person = gateway.for_user(ALICE)
        found = person.call("notion_search_pages", {"query": "Roadmap"}).result["results"]
        with gateway.http("notion", user=ALICE) as notion:
            for _ in range(4):
                notion.get("/v1/users/me")
        gateway.get_connector_token("google", user=ALICE)
        for title in ("A plan to deny", "A plan to approve"):
            try:
                person.call("notion_create_page", {"parent_id": found[0]["id"], "title": title})
            except ApprovalRequired:
                pass
        token = gateway.get_connector_token("salesforce", user=ALICE)
        dev.sandbox.end("salesforce")
        try:
            gateway.get_connector_token("salesforce", user=ALICE, rejected_token=token)
        except GatewayError:
            pass


def _decide(page: Page) -> None:
    page.goto("/dashboard/approvals")
    page.get_by_role("link", name=re.compile("Review")).last.click()
    page.get_by_role("button", name="Deny").click()
    page.get_by_text("The call is denied").wait_for()


def _let_in(page: Page, dev: DevGateway) -> None:
    """Let an agent in, which gets its tokens then."""
    agent = registered(dev)
    stays(page, AGENT)
    page.goto(consent_path(agent))
    page.get_by_role("button", name="Let it in").click()
    there = page.get_by_role("link", name="Continue").get_attribute("href") or ""
    form = {
        "grant_type": "authorization_code",
        "client_id": agent,
        "redirect_uri": LOOPBACK_REDIRECT,
        "code": parse_qs(urlsplit(there).query)["code"][0],
        "code_verifier": VERIFIER,
    }
    answer = httpx.post(f"{dev.url}/oauth/token", data=form, trust_env=False)
    assert answer.status_code == 200, answer.text


def _add_integration(page: Page) -> None:
    """Add an API, and read it again, so that tools wait to be accepted."""
    look_at(page, FIRST)
    page.get_by_role("button", name="Add this integration").click()
    page.get_by_text("The integration is added").wait_for()
    read_again(page, CHANGED)
    page.get_by_role("button", name="Change it").click()
    page.get_by_text("It was read again").wait_for()


def _limit(page: Page) -> None:
    """Set a rate limit, a budget and a policy."""
    for name, period, mode in (("Calls of a day", "day", "enforce"), ("Rush", "minute", "observe")):
        page.goto("/dashboard/organisation/limits")
        page.get_by_label("Name of the new rule").fill(name)
        page.get_by_label("At most", exact=True).fill("1000")
        page.get_by_label("In each").select_option(period)
        page.get_by_label("Then").select_option(mode)
        page.get_by_role("button", name="Add rule").click()
        page.get_by_text("The rule is set").wait_for()
    page.goto("/dashboard/organisation/policies")
    page.get_by_label("Tools, such as").fill("stripe_*")
    page.get_by_role("button", name="Show what it changes").click()
    page.get_by_role("button", name="Save this change").click()
    page.get_by_text("The policies are changed").wait_for()


def _set_app(page: Page) -> None:
    page.goto("/dashboard/apps/asana")
    page.get_by_label("Client id").fill("acme-client-of-asana")
    page.get_by_label("Client secret").fill("acme-secret-1")
    page.get_by_role("button", name="Use this app").click()
    page.get_by_text("The app of Asana is set").wait_for()
