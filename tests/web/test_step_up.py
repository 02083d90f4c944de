"""Asking for more: sets of scopes on top of what a connection has, and what a refusal keeps."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.access.service_keys import Role
from gateway.web.inputs import MAX_SCOPES
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser, words
from tests.support.callbacks import narrowed_callback
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.web.test_flow import call_api

AUTH = "https://www.googleapis.com/auth"
DEFAULTS = ["openid", f"{AUTH}/userinfo.email"]
CALENDAR = f"{AUTH}/calendar"
CALENDAR_PARTS = [f"{AUTH}/calendar.readonly", f"{AUTH}/calendar.events"]
"""What the grant of the calendar includes."""
GRAPH = "https://graph.microsoft.com"


async def connected(gateway: Harness, connector: str = "google") -> Browser:
    """Return alice's browser after she connected an account with the defaults."""
    browser = await gateway.browser("alice")
    assert await browser.connect(connector, ACCOUNTS[connector]) == "connected"
    return browser


def asked(browser: Browser) -> list[str]:
    """Return the scopes of the authorization request that the browser followed."""
    url = next(str(page.url) for page in browser.history if "scope=" in str(page.url))
    return parse_qs(urlsplit(url).query)["scope"][0].split()


async def grant_defaults(browser: Browser) -> str:
    """Grant the defaults alone on the consent page; return the outcome."""
    callback = await narrowed_callback(browser, ACCOUNTS["google"], *DEFAULTS)
    await browser.open(callback, site="cross-site")
    return browser.outcome()


async def test_a_tool_gets_the_calendar_after_the_person_granted_it(gateway: Harness) -> None:
    """From the refusal of the token to the link, the consent, and the token with the scope."""
    browser = await connected(gateway)
    first = (await gateway.token("google", "alice")).json()
    refused = problem(
        await gateway.token("google", "alice", scopes=["calendar"]), 409, "scopes_required"
    )
    connection = first["connection"]["id"]
    link = f"{GATEWAY_URL}/connectors/google?reconnect={connection}&scopes=calendar"
    assert (refused["connect_url"], refused["connector"]) == (link, "google")

    await browser.open(refused["connect_url"])
    assert "Asks for more than before: Calendar: See and change calendars" in words(browser)
    assert CALENDAR in browser.text
    await browser.submit(action="/v1/connectors/google/start")
    assert asked(browser) == [*DEFAULTS, CALENDAR]
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "reconnected"

    issued = await gateway.token("google", "alice", scopes=["calendar"])
    assert issued.json()["connection"]["id"] == connection
    assert issued.json()["scopes"] == [*DEFAULTS, CALENDAR, *CALENDAR_PARTS]
    assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200


async def test_a_declined_step_up_keeps_what_works(gateway: Harness, rows: Rows) -> None:
    browser = await connected(gateway)
    before = await rows.connection()
    await browser.start("google", f"?reconnect={before['_id']}&scopes=calendar")
    await browser.submit(button="Do not allow")
    assert browser.outcome() == "declined"
    assert await rows.connection() == before
    issued = await gateway.token("google", "alice")
    assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200
    problem(await gateway.token("google", "alice", scopes=["calendar"]), 409, "scopes_required")


async def test_an_addition_that_is_left_out_leaves_a_working_connection(
    gateway: Harness, rows: Rows
) -> None:
    """The connection is not "incomplete" for want of what one tool would have liked."""
    browser = await connected(gateway)
    before = await rows.connection()
    await browser.start("google", f"?reconnect={before['_id']}&scopes=calendar")
    assert await grant_defaults(browser) == "reconnected"
    after = await rows.connection()
    assert (after["status"], after["scopes"]["requested"]) == ("active", DEFAULTS)
    problem(await gateway.token("google", "alice", scopes=["calendar"]), 409, "scopes_required")


@pytest.mark.parametrize("query", ["", "?reconnect={id}"], ids=["connect", "reconnect"])
async def test_a_smaller_grant_does_not_replace_a_larger_one_that_works(
    gateway: Harness, rows: Rows, query: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"], "?scopes=calendar,tasks")
    before = await rows.connection()
    await browser.start("google", query.format(id=before["_id"]))
    outcome = await grant_defaults(browser)
    assert outcome == "kept"
    assert "Google keeps the access it had" in browser.text
    after = await rows.connection()
    assert {**after, "last_used_at": None} == {**before, "last_used_at": None}
    issued = await gateway.token("google", "alice", scopes=["calendar", "tasks"])
    assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200


async def test_a_smaller_grant_does_not_replace_a_larger_one_whose_token_is_over(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    """It can be renewed, so it works: it is renewed, and kept."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"], "?scopes=calendar")
    before = await rows.connection()
    clock.advance(seconds=7200)
    await browser.start("google")
    assert await grant_defaults(browser) == "kept"
    after = await rows.connection()
    assert (after["_id"], after["generation"]) == (before["_id"], before["generation"] + 1)
    issued = await gateway.token("google", "alice", scopes=["calendar"])
    assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200


async def test_a_smaller_grant_replaces_one_whose_renewal_is_refused(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"], "?scopes=calendar")
    row = await rows.connection()
    clock.advance(seconds=7200)
    await browser.start("google")
    # Another grant's row: its refresh token does not open here, and cannot be used.
    await rows.change_connection(row["_id"], **{"tokens.refresh": row["tokens"]["access"]})
    assert await grant_defaults(browser) == "reconnected"
    assert (await rows.connection())["scopes"]["granted"] == DEFAULTS


async def test_a_smaller_grant_replaces_one_that_no_longer_works(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    """A larger grant that is over helps nobody."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"], "?scopes=calendar")
    before = await rows.connection()
    await rows.change_connection(before["_id"], status="needs_reauth", status_reason="revoked")
    await browser.start("google", f"?reconnect={before['_id']}")
    assert asked(browser) == [*DEFAULTS, CALENDAR]  # what worked is asked for again
    assert await grant_defaults(browser) == "reconnected"
    assert (await rows.connection())["scopes"]["granted"] == DEFAULTS


async def test_what_was_granted_is_asked_for_again_with_more(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"], "?scopes=calendar")
    connection = (await gateway.token("google", "alice")).json()["connection"]["id"]
    await browser.start("google", f"?reconnect={connection}&scopes=drive")
    assert asked(browser) == [*DEFAULTS, CALENDAR, f"{AUTH}/drive"]


async def test_scopes_are_compared_as_microsoft_writes_them(gateway: Harness) -> None:
    """The answer names Graph's scopes short at first and as addresses after a refresh."""
    browser = await gateway.browser("alice")
    await browser.connect("microsoft", "Ana Diaz (ana@contoso.example)", "?scopes=mail")
    for names in (["mail"], ["mail.send"], [f"{GRAPH}/Mail.ReadWrite"], ["mail", "User.Read"]):
        assert (await gateway.token("microsoft", "alice", scopes=names)).status_code == 200
    api = await gateway.api(Role.TOKENS)
    renewed = await api.post("/v1/connectors/microsoft/refresh", json={"user": "alice"})
    assert renewed.status_code == 200
    assert (await gateway.token("microsoft", "alice", scopes=["mail"])).status_code == 200
    missing = await gateway.token("microsoft", "alice", scopes=["mail", "calendar"])
    assert problem(missing, 409, "scopes_required")["connect_url"].endswith("scopes=mail+calendar")


async def test_the_first_link_asks_for_what_the_tool_needs(gateway: Harness) -> None:
    answer = await gateway.token("google", "alice", scopes=["calendar"])
    told = problem(answer, 409, "connector_required")
    assert told["connect_url"] == f"{GATEWAY_URL}/connectors/google?scopes=calendar"


@pytest.mark.parametrize("name", ["payments", f"{AUTH}/cloud-platform", "Calendar", "*"])
async def test_nothing_is_asked_for_that_the_connector_does_not_declare(
    gateway: Harness, rows: Rows, name: str
) -> None:
    """Neither by a link, nor by a form, nor by a tool; the error names what there is."""
    browser = await gateway.browser("alice")
    page = await browser.open(f"/connectors/google?scopes={name}")
    assert page.status_code == 422
    await browser.open("/connectors/google")
    page = await browser.submit({"scopes": name}, action="/start")
    assert page.status_code == 422
    assert await rows.flows() == []
    told = problem(await gateway.token("google", "alice", scopes=[name]), 422, "invalid_request")
    sets = gateway.services.catalog.oauth("google").scope_sets
    assert f"it has {', '.join(sets)}, {', '.join(DEFAULTS)}" in told["detail"]


async def test_a_link_alone_widens_nothing(gateway: Harness, rows: Rows) -> None:
    """The page says in words what is added, and waits for the person."""
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google?scopes=gmail%20drive", site="cross-site")
    text = words(browser)
    assert "Gmail: Read, write and send mail" in text
    assert "Drive: See and change all files in Drive" in text
    assert await rows.flows() == []
    await browser.open("/connectors/google")
    assert "Asks for more" not in words(browser)


async def test_scopes_outlast_the_sign_in(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open("/connectors/google?scopes=calendar")
    await browser.submit({"name": "alice"}, action="/login")
    assert "Asks for more than usual: Calendar" in words(browser)


async def test_a_script_starts_with_scopes(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    headers = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"}
    headers["X-CSRF-Token"] = browser.csrf_token()
    start = f"{GATEWAY_URL}/v1/connectors/google/start"
    good = await browser.client.post(start, json={"scopes": ["tasks"]}, headers=headers)
    (scope,) = parse_qs(urlsplit(good.json()["authorization_url"]).query)["scope"]
    assert scope.split() == [*DEFAULTS, f"{AUTH}/tasks"]
    for wrong in (["x"], "tasks", ["tasks"] * (MAX_SCOPES + 1), [""], [1]):
        answer = await browser.client.post(start, json={"scopes": wrong}, headers=headers)
        assert answer.status_code == 422, wrong


async def test_the_dashboard_shows_the_sets_and_adds_one(gateway: Harness) -> None:
    browser = await connected(gateway)
    await browser.open("/dashboard/connectors")
    label = "ana.diaz@example.com"
    await browser.open(browser.links()[f"Add Calendar to {label}"])
    await browser.submit(action="/start")
    await browser.approve(ACCOUNTS["google"])
    assert "Calendar ✓" in words(browser)
    assert f"Add Calendar to {label}" not in browser.links()
    assert f"Add Drive to {label}" in browser.links()
