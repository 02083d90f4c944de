"""The states of the pages that people look at: each has a name, a person and a way to reach it.

``tests/real/screenshots.py`` makes pictures of them, and ``tests/real/test_accessibility.py``
searches them for barriers. ``tests/real/world.py`` fills the gateway that shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.real.test_owners_and_keys import ADMIN, held, paste
from tests.real.world import (
    AGENT,
    ALICE,
    APPLICATION,
    BOB,
    FIRST,
    INTEGRATIONS,
    OTHER,
    PETS,
    World,
    consent_path,
    look_at,
    read_again,
    stays,
)
from tests.support.altered import altered
from tests.support.gateway import ACCOUNTS

APPROVALS = "/dashboard/approvals"
ORGANISATION = "/dashboard/organisation"


@dataclass(frozen=True)
class State:
    """``open`` brings a page of ``person``, who is signed in, into the state."""

    open: Callable[[Page, World], object]
    person: str | None = ALICE


def at(address: str) -> Callable[[Page, World], object]:
    """Open an address."""
    return lambda page, world: page.goto(f"{world.dev.url}{address}")


def _press(
    address: str, role: str, name: str, *, then: str = ""
) -> Callable[[Page, World], object]:
    """Open an address, press the first button or link of that name, and wait for a heading."""

    def press(page: Page, world: World) -> None:
        page.goto(f"{world.dev.url}{address}")
        page.get_by_role(role, name=re.compile(name)).first.click()  # type: ignore[arg-type]
        if then:
            expect(page.get_by_role("heading", name=then).first).to_be_visible()

    return press


def _notice(page: Page, world: World) -> None:
    at("/dashboard/connectors")(page, world)
    page.get_by_role("button", name=re.compile("Make default")).click()
    expect(page.locator(".notice-success")).to_be_visible()


def _menu(page: Page, world: World) -> None:
    at("/dashboard/connectors")(page, world)
    page.locator(".account-menu summary").click()


def _mistake(page: Page, world: World) -> None:
    at("/connectors/shopify")(page, world)
    page.get_by_role("textbox").first.fill("not a shop!")
    page.get_by_role("button", name=re.compile("Continue to")).click()
    expect(page.locator(".field-error")).to_be_visible()


def _refused_key(page: Page, world: World) -> None:
    key = held("openai", "ana")["key"]
    paste(page, "openai", {"key": altered(key)})
    expect(page.locator(".notice-error")).to_be_visible()


def _disconnect(page: Page, world: World) -> None:
    at("/dashboard/connectors")(page, world)
    page.locator("#connector-google").get_by_role(
        "link", name=re.compile("Disconnect")
    ).first.click()
    page.wait_for_url("**/disconnect")


def _details(page: Page, world: World) -> None:
    at("/dashboard/connectors")(page, world)
    page.locator("#connector-google details").last.locator("summary").click()


def _consent(page: Page, world: World, connector: str = "google", query: str = "") -> None:
    """Go to the simulated provider's own page."""
    at(f"/connectors/{connector}{query}")(page, world)
    page.get_by_role("button", name=re.compile("Continue to")).click()
    expect(page.get_by_role("heading", name="Choose an account")).to_be_visible()


def _declined(page: Page, world: World) -> None:
    _consent(page, world, "linear", "?display=popup")
    page.get_by_role("button", name="Do not allow").click()
    page.wait_for_url("**/dashboard/done*")


def _leaving(page: Page, world: World) -> None:
    stays(page, world.dev.sandbox.url)
    at("/connectors/linear")(page, world)
    page.get_by_role("button", name=re.compile("Continue to")).click()
    expect(page.get_by_role("heading", name="Taking you to Linear")).to_be_visible()


def _returning(page: Page, world: World) -> None:
    stays(page, APPLICATION)
    there = urlencode({"return_to": f"{APPLICATION}/accounts"})
    paste(page, "openai", held("openai", "ben"), f"?{there}")
    expect(page.get_by_role("heading", name="Taking you back")).to_be_visible()


def _waiting(page: Page, world: World) -> None:
    """The request for the outcome gets an answer without a page, so that this one stays."""
    page.route("**/waiting/*?wait=1", lambda route: route.fulfill(status=204))
    world.dev.sandbox.condition("notion", "slow")
    _consent(page, world, "notion")
    page.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
    expect(page.get_by_role("heading", name="Connecting Notion")).to_be_visible()
    world.dev.sandbox.condition("notion", "works")


def _agent(page: Page, world: World) -> None:
    at(consent_path(world.agent))(page, world)
    expect(page.get_by_role("heading", name=re.compile("Let .* use your tools"))).to_be_visible()


def _agent_leaving(page: Page, world: World) -> None:
    stays(page, AGENT)
    _agent(page, world)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Taking you back")).to_be_visible()


def _agent_refused(page: Page, world: World) -> None:
    at(consent_path(world.agent, code_challenge_method="plain"))(page, world)
    expect(page.get_by_role("heading", name="This agent cannot be let in")).to_be_visible()


def _address(page: Page, world: World) -> None:
    at(INTEGRATIONS)(page, world)
    page.get_by_label("URL", exact=True).fill("http://localhost:9/openapi.json")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".notice-error")).to_be_visible()


def _slug(page: Page, world: World) -> None:
    look_at(page, FIRST)
    page.get_by_label("Slug").fill("Not a slug")
    page.get_by_role("button", name="Add this integration").click()
    expect(page.locator(".field-error").first).to_be_visible()


def _way(page: Page, world: World) -> None:
    at(f"{PETS}/methods?way=oauth")(page, world)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".field-error").first).to_be_visible()


def _policy(page: Page, world: World) -> None:
    at(f"{ORGANISATION}/policies")(page, world)
    page.get_by_label("Tools, such as").fill("airtable_*")
    page.get_by_label("Then").select_option("block")
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("heading", name="What this changes")).to_be_visible()


def _usage(page: Page, world: World) -> None:
    at("/dashboard/usage")(page, world)
    page.get_by_text("Each day as a table").click()


def _budget(page: Page, world: World) -> None:
    at(f"{ORGANISATION}/limits")(page, world)
    page.get_by_label("Name of the new rule").fill("Money")
    page.get_by_label("At most", exact=True).fill("a lot")
    page.get_by_role("button", name="Add rule").click()
    expect(page.locator(".notice-error")).to_be_visible()


def _forecast(page: Page, world: World) -> None:
    at(f"{ORGANISATION}/limits?user=alice&connector=notion&method=GET&path=v1/users/me")(
        page, world
    )
    expect(page.get_by_text("Nothing was sent.")).to_be_visible()


def _no_secret(page: Page, world: World) -> None:
    at("/dashboard/apps/asana")(page, world)
    page.get_by_label("Client id").fill("acme-client")
    page.get_by_label("Client secret").fill(" ")
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator(".field-error").first).to_be_visible()


STATES = {
    "sign-in": State(at("/login"), None),
    "sign-in-for-a-tool": State(at("/connectors/notion?tool=notion_create_page"), None),
    "dashboard-new": State(at("/dashboard/connectors"), BOB),
    "dashboard": State(at("/dashboard/connectors")),
    "dashboard-notice": State(_notice),
    "dashboard-details": State(_details),
    "dashboard-found": State(at("/dashboard/connectors?q=mail")),
    "dashboard-nothing-found": State(at("/dashboard/connectors?q=no+such+thing")),
    "dashboard-menu": State(_menu),
    "connect": State(at("/connectors/google")),
    "connect-again": State(
        _press("/dashboard/connectors", "link", "^Reconnect", then="Reconnect Salesforce")
    ),
    "connect-more": State(at("/connectors/google?scopes=gmail"), BOB),
    "connect-for-a-tool": State(at("/connectors/notion?tool=notion_create_page"), BOB),
    "connect-mistake": State(_mistake),
    "connect-leaving": State(_leaving),
    "paste-key": State(at("/connectors/openai")),
    "paste-key-refused": State(_refused_key),
    "replace-key": State(
        _press("/dashboard/connectors", "link", "^Replace key", then="Replace the key of OpenAI")
    ),
    "returning": State(_returning, BOB),
    "disconnect": State(_disconnect),
    "waiting": State(_waiting, ADMIN),
    "window-done": State(at("/dashboard/done")),
    "window-declined": State(_declined),
    "error": State(at("/connectors/nowhere")),
    "error-callback": State(at("/v1/connectors/google/callback?code=none&state=none")),
    "error-forbidden": State(at(ORGANISATION)),
    "approvals": State(at(APPROVALS)),
    "approval": State(_press(APPROVALS, "link", "Review", then="Approve this call?")),
    "approval-denied": State(_press(APPROVALS, "link", "Denied", then="A call of a tool")),
    "activity": State(at("/dashboard/activity")),
    "activity-empty": State(at("/dashboard/activity"), ADMIN),
    "usage": State(_usage),
    "usage-filtered": State(at("/dashboard/usage?connector=notion&days=7")),
    "usage-nothing": State(at("/dashboard/usage?connector=google&days=7")),
    "usage-empty": State(at("/dashboard/usage"), BOB),
    "account": State(at("/dashboard/account")),
    "developers": State(at("/dashboard/developers")),
    "agents": State(at("/oauth/clients")),
    "agents-empty": State(at("/oauth/clients"), BOB),
    "agent": State(_agent),
    "agent-leaving": State(_agent_leaving),
    "agent-refused": State(_agent_refused),
    "organisation": State(at(ORGANISATION), ADMIN),
    "own-app": State(at("/dashboard/apps/asana"), ADMIN),
    "own-app-mistake": State(_no_secret, ADMIN),
    "policies": State(at(f"{ORGANISATION}/policies"), ADMIN),
    "policies-preview": State(_policy, ADMIN),
    "organisation-usage": State(at(f"{ORGANISATION}/usage"), ADMIN),
    "limits": State(at(f"{ORGANISATION}/limits"), ADMIN),
    "limits-mistake": State(_budget, ADMIN),
    "limits-forecast": State(_forecast, ADMIN),
    "integrations": State(at(INTEGRATIONS), ADMIN),
    "integrations-mistake": State(_address, ADMIN),
    "integration-add": State(lambda page, world: look_at(page, FIRST), ADMIN),
    "integration-add-mistake": State(_slug, ADMIN),
    "integration": State(at(PETS), ADMIN),
    "integration-tool": State(_press(PETS, "link", "^pet_shop_cats", then="Try it"), ADMIN),
    "integration-ways": State(at(f"{PETS}/methods"), ADMIN),
    "integration-way": State(at(f"{PETS}/methods?way=oauth"), ADMIN),
    "integration-way-mistake": State(_way, ADMIN),
    "integration-read": State(at(f"{PETS}/refresh"), ADMIN),
    "integration-refresh": State(lambda page, world: read_again(page, OTHER), ADMIN),
    "integration-remove": State(at(f"{PETS}/remove"), ADMIN),
    "sandbox": State(lambda page, world: page.goto(world.dev.sandbox.url), None),
    "sandbox-consent": State(_consent),
}
