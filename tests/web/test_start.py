"""Only the signed-in person starts a flow, from the gateway's own page (security A6)."""

from __future__ import annotations

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows

START = f"{GATEWAY_URL}/v1/connectors/google/start"
OWN = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"}

FOREIGN = {
    "no origin": {"Sec-Fetch-Site": "same-origin"},
    "null origin": {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    "foreign origin": {"Origin": "https://evil.example"},
    "foreign origin that says it is ours": {**OWN, "Origin": "https://evil.example"},
    "origin that begins like ours": {**OWN, "Origin": f"{GATEWAY_URL}.evil.example"},
    "origin with another port": {**OWN, "Origin": "http://localhost:3142"},
    "origin with another scheme": {**OWN, "Origin": "https://localhost:3141"},
    "origin with a path": {**OWN, "Origin": f"{GATEWAY_URL}/"},
    "cross-site": {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "cross-site"},
    "same-site": {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-site"},
    "typed address": {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "none"},
}


async def assert_nothing_began(browser: Browser, rows: Rows) -> None:
    """No flow is stored and none of its cookies is in the browser."""
    assert await rows.flows() == []
    assert [name for name in browser.client.cookies if "flow" in name] == []


async def csrf_token(browser: Browser) -> str:
    """A token of the browser's session."""
    await browser.open("/connectors/google")
    return browser.csrf_token()


async def test_a_start_from_elsewhere_begins_nothing(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """Not even with the right token."""
    browser = await gateway.browser("victim")
    token = await csrf_token(browser)
    for name, headers in FOREIGN.items():
        with subtests.test(name):
            form = await browser.client.post(START, data={"csrf_token": token}, headers=headers)
            script = await browser.client.post(
                START, json={}, headers={**headers, "X-CSRF-Token": token}
            )
            assert (form.status_code, script.status_code) == (403, 403)
            await assert_nothing_began(browser, rows)


@pytest.mark.parametrize("kind", ["missing", "empty", "of another session", "truncated", "long"])
@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
async def test_a_start_without_the_sessions_own_token_begins_nothing(
    gateway: Harness, rows: Rows, kind: str, as_json: bool
) -> None:
    browser, other = await gateway.browser("victim"), await gateway.browser("victim")
    own = await csrf_token(browser)
    wrong = {
        "missing": None,
        "empty": "",
        "of another session": await csrf_token(other),
        "truncated": own[:-1],
        "long": own + "0",
    }[kind]
    answer = await start(browser, wrong, as_json=as_json)
    assert answer.status_code == 403
    await assert_nothing_began(browser, rows)
    assert (await start(browser, own, as_json=as_json)).status_code == 200
    assert len(await rows.flows()) == 1


async def start(browser: Browser, token: str | None, *, as_json: bool) -> httpx.Response:
    """Start with this CSRF token, from the right origin."""
    if as_json:
        headers = {**OWN, "Accept": "application/json"}
        headers |= {} if token is None else {"X-CSRF-Token": token}
        return await browser.client.post(START, json={}, headers=headers)
    data = {} if token is None else {"csrf_token": token}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return await browser.client.post(START, data=data, headers=OWN | form)


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", ""])
async def test_a_body_that_a_foreign_form_could_send_is_not_read(
    gateway: Harness, rows: Rows, content_type: str
) -> None:
    """A form of another site can send text/plain that looks like JSON."""
    browser = await gateway.browser("victim")
    token = await csrf_token(browser)
    answer = await browser.client.post(
        START,
        content=f'{{"csrf_token": "{token}"}}',
        headers={**OWN, "Content-Type": content_type, "X-CSRF-Token": token},
    )
    assert answer.status_code == 422
    await assert_nothing_began(browser, rows)


async def test_a_form_with_a_field_twice_begins_nothing(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("victim")
    token = await csrf_token(browser)
    answer = await browser.client.post(
        START, data={"csrf_token": token, "return_to": ["/", "/dashboard"]}, headers=OWN
    )
    assert answer.status_code == 422
    await assert_nothing_began(browser, rows)


async def test_no_other_method_starts_anything(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("victim")
    headers = {**OWN, "X-CSRF-Token": await csrf_token(browser), "Content-Type": "application/json"}
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await browser.client.request(method, START, headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), method
    await assert_nothing_began(browser, rows)


async def test_opening_a_page_from_elsewhere_begins_nothing(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("victim")
    for path in ("/connectors/google", "/connectors/google?tool=x", "/v1/connectors/google/start"):
        for site in ("cross-site", "same-site", "none"):
            await browser.open(path, site=site)
    await assert_nothing_began(browser, rows)


async def test_start_needs_a_session(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser()
    answer = await start(browser, "0" * 64, as_json=True)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    await browser.open("/login")
    page = await browser.client.post(START, data={}, headers=OWN)
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    await assert_nothing_began(browser, rows)


@pytest.mark.requirement("A2")
async def test_a_service_key_starts_nothing(gateway: Harness, rows: Rows) -> None:
    """A tool server cannot start a flow for a person."""
    api = await gateway.api(*Role)
    answer = await api.post("/v1/connectors/google/start", json={}, headers=OWN)
    assert answer.status_code == 401
    assert await rows.flows() == []


BODIES: list[tuple[object, str]] = [
    ({"connection_config": {"shop": {"$ne": None}}}, "connection_config.(unknown field)"),
    ({"connection_config": ["acme"]}, "connection_config"),
    ({"connection_config": {f"k{n}": "v" for n in range(21)}}, "connection_config"),
    ({"return_to": 1}, "return_to"),
    ({"return_to": "/" * 2001}, "return_to"),
    ({"reconnect": {"$gt": ""}}, "reconnect"),
    ({"tool": "x" * 81}, "tool"),
    ({"user": "somebody else"}, "(unknown field)"),
    ({"redirect_uri": "https://evil.example"}, "(unknown field)"),
    ({"state": "chosen"}, "(unknown field)"),
    ([], "body"),
]


@pytest.mark.requirement("F4")
async def test_start_by_script_takes_only_documented_fields(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """No operators, no coercion, no unknown fields."""
    browser = await gateway.browser("victim")
    token = await csrf_token(browser)
    headers = {**OWN, "Accept": "application/json", "X-CSRF-Token": token}
    for body, wrong in BODIES:
        with subtests.test(wrong, body=str(body)[:40]):
            answer = await browser.client.post(START, json=body, headers=headers)
            assert answer.status_code == 422
            assert answer.json()["code"] == "invalid_request"
            assert [*answer.json()["errors"]] == [wrong]
    await assert_nothing_began(browser, rows)


@pytest.mark.requirement("A6")
async def test_the_page_that_leads_on_is_no_redirect(gateway: Harness) -> None:
    """``form-action 'self'`` would block the redirect after the form's post."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    leaving = browser.history[0]
    assert leaving.status_code == 200
    assert "Taking you to Google" in leaving.text
    assert leaving.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in leaving.headers["content-security-policy"]
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"


@pytest.mark.parametrize("endpoint", ["start", "connect"])
async def test_a_body_that_cannot_be_read_costs_no_look_into_the_database(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    """The tenant's own app is looked for once the request is known to be valid."""
    browser = await gateway.browser("alice")
    token = await csrf_token(browser)
    asked: list[str] = []
    choose = gateway.services.apps.choose

    async def watched(tenant: str, name: str) -> object:
        asked.append(name)
        return await choose(tenant, name)

    monkeypatch.setattr(gateway.services.apps, "choose", watched)
    url, headers = f"{GATEWAY_URL}/v1/connectors/google/{endpoint}", OWN | {"X-CSRF-Token": token}
    refused = await browser.client.post(url, json={"unknown": 1}, headers=headers)
    assert (refused.status_code, asked) == (422, [])
    form = await browser.client.post(url, data={"csrf_token": "0"}, headers=OWN)
    assert (form.status_code, asked) == (403, [])
    await browser.client.post(url, data={"csrf_token": token}, headers=OWN)
    assert asked == ["google"]
