"""Pages of another site or session cannot act in a browser's session (security G2, G5)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.routing import Route

from gateway.web import (
    integration_add_pages,
    integration_method_pages,
    integration_pages,
    integration_refresh_pages,
    integration_tool_pages,
    integrations,
)
from gateway.web.app import OPERATIONS, ROUTES
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows
from tests.web.test_start import FOREIGN, OWN

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OF_CLIENTS = {"/oauth/token", "/oauth/revoke", "/oauth/register"}
"""OAuth clients call these with what is theirs; no cookie is read (``gateway.web.oauth``)."""


async def two_accounts(gateway: Harness, rows: Rows) -> tuple[Browser, str]:
    """A browser with two linked accounts, and the id of the one that is not the default."""
    browser = await gateway.browser("victim")
    await browser.connect("google", ACCOUNTS["google"])
    await browser.connect("google", ACCOUNTS["google-work"])
    (other,) = [row["_id"] for row in await rows.connections() if not row["is_default"]]
    return browser, other


def writes(connection: str) -> list[tuple[str, str, bool]]:
    """Everything a session can write besides starting: method, path, whether it is a form."""
    return [
        ("POST", f"/dashboard/connections/{connection}/default", True),
        ("POST", f"/dashboard/connections/{connection}/retry", True),
        ("POST", f"/dashboard/connections/{connection}/disconnect", True),
        ("POST", "/logout", True),
        ("POST", "/logout/everywhere", True),
        ("POST", "/logout/everywhere", True),
        ("POST", f"/v1/connections/{connection}/retry", False),
        ("PATCH", f"/v1/connections/{connection}", False),
        ("DELETE", f"/v1/connections/{connection}", False),
    ]


async def write(
    browser: Browser,
    method: str,
    path: str,
    is_form: bool,
    *,
    headers: dict[str, str],
    token: str | None,
) -> int:
    """The status of one write with these headers and this CSRF token."""
    given = {"csrf_token": token} if token is not None else {}
    if is_form:
        answer = await browser.client.request(
            method, GATEWAY_URL + path, data=given, headers=FORM | headers
        )
    else:
        as_header = {"X-CSRF-Token": token} if token is not None else {}
        raw = {name.encode(): value.encode() for name, value in (headers | as_header).items()}
        answer = await browser.client.request(
            method, GATEWAY_URL + path, json={"is_default": True}, headers=raw
        )
    return answer.status_code


@pytest.mark.requirement("G2")
async def test_no_foreign_page_changes_anything(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """The origin is checked although the token is right."""
    browser, connection = await two_accounts(gateway, rows)
    before, token = await rows.connections(), browser.csrf_token()
    for method, path, is_form in writes(connection):
        for name, headers in FOREIGN.items():
            with subtests.test(f"{method} {path}: {name}"):
                status = await write(browser, method, path, is_form, headers=headers, token=token)
                assert status == 403
    assert await rows.connections() == before
    assert len(await rows.sessions()) == 1


def sessions_writes() -> list[tuple[str, str, bool]]:
    """Every route that changes something for a session: method, path, whether a form."""
    operations = {(operation.method, operation.path): operation for operation in OPERATIONS}
    found = []
    for route in ROUTES:
        if not isinstance(route, Route) or route.path in OF_CLIENTS:
            continue
        for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            operation = operations.get((method, route.path))
            if operation is None or "session" in operation.who:
                found.append((method, route.path, operation is None))
    return found


@pytest.mark.requirement("G2")
@pytest.mark.parametrize(("method", "template", "is_form"), sessions_writes())
async def test_no_route_that_changes_anything_is_open_to_a_foreign_page(
    gateway: Harness,
    rows: Rows,
    method: str,
    template: str,
    is_form: bool,
    subtests: pytest.Subtests,
) -> None:
    """From the route table, so that a new one is covered by being there.

    The session and its token are right, and the body is what the route takes, a plain form, or JSON
    that calls itself text.
    """
    browser, connection = await two_accounts(gateway, rows)
    before, sessions = await rows.connections(), await rows.sessions()
    path = template.replace("{name}", "google").replace("{id}", connection)
    token = browser.csrf_token()
    form = urlencode({"csrf_token": token, "name": "attacker"}).encode()
    bodies = {
        "application/x-www-form-urlencoded": form,
        "text/plain": b'{"is_default": true}',
        "application/json": b'{"is_default": true}',
    }
    for name, headers in FOREIGN.items():
        for content_type, content in bodies.items():
            with subtests.test(f"{name}: {content_type}"):
                answer = await browser.client.request(
                    method,
                    GATEWAY_URL + path,
                    content=content,
                    headers={**headers, "X-CSRF-Token": token, "Content-Type": content_type},
                )
                assert answer.status_code == 403
                assert "set-cookie" not in answer.headers
    assert await rows.connections() == before
    assert {row["_id"] for row in await rows.sessions()} == {row["_id"] for row in sessions}


@pytest.mark.requirement("G2")
def test_the_writes_of_this_file_are_those_of_the_route_table() -> None:
    """The tests with their own list of writes forget none."""
    table = {(method, path) for method, path, _ in sessions_writes()}
    listed = {(method, path) for method, path, _ in writes("{id}")}
    own_tests = {  # test_start, below, and the files of pasted keys, rules and own apps
        ("POST", "/dashboard/apps/{name}"),
        ("POST", "/dashboard/apps/{name}/{id}/remove"),
        ("POST", "/v1/connectors/{name}/start"),
        ("POST", "/login"),
        ("POST", "/v1/connectors/{name}/connect"),
        ("POST", "/dashboard/connections/{id}/check"),
        ("PUT", "/v1/connector-rules/{name}"),
        ("PUT", "/v1/budgets"),
        ("PUT", "/v1/policies"),
        ("POST", "/dashboard/organisation/policies"),
        ("POST", "/v1/approvals/{id}/decision"),
        ("POST", "/dashboard/approvals/{id}"),
        ("POST", "/v1/budgets/check"),
        *((op.method, op.path) for op in integrations.OPERATIONS if op.method != "GET"),
        *(
            ("POST", route.path)
            for route in (
                *integration_add_pages.ROUTES,
                *integration_method_pages.ROUTES,
                *integration_pages.ROUTES,
                *integration_refresh_pages.ROUTES,
                *integration_tool_pages.ROUTES,
            )
            if "POST" in (route.methods or ())
        ),
        ("POST", "/dashboard/rules"),
        ("POST", "/dashboard/rules/{id}/remove"),
        ("POST", "/dashboard/organisation/{name}"),
        ("POST", "/oauth/authorize"),
        ("POST", "/oauth/clients/end"),
    }
    assert own_tests <= table
    assert table - own_tests == listed


@pytest.mark.requirement("G2")
async def test_nothing_changes_without_the_sessions_own_token(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """An origin alone is not enough either; a token is good for its own session only."""
    browser, connection = await two_accounts(gateway, rows)
    second = await gateway.browser("victim")
    before, own = await rows.connections(), browser.csrf_token()
    wrong = {
        "missing": None,
        "empty": "",
        "truncated": own[:-1],
        "upper case": own.upper(),
        "of another session": second.csrf_token(),
        "not ascii": "é" * 64,
    }
    assert own != own.upper()
    for method, path, is_form in writes(connection):
        for name, token in wrong.items():
            with subtests.test(f"{method} {path}: {name}"):
                assert await write(browser, method, path, is_form, headers=OWN, token=token) == 403
    assert await rows.connections() == before
    assert len(await rows.sessions()) == 2


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x"])
async def test_a_body_that_any_site_can_send_is_not_taken(
    gateway: Harness, rows: Rows, content_type: str
) -> None:
    """A JSON content type is no defence, and a simple one is refused all the same."""
    browser, connection = await two_accounts(gateway, rows)
    before, token = await rows.connections(), browser.csrf_token()
    headers = {**OWN, "X-CSRF-Token": token, "Content-Type": content_type}
    patched = await browser.client.patch(
        f"{GATEWAY_URL}/v1/connections/{connection}",
        content=b'{"is_default": true}',
        headers=headers,
    )
    posted = await browser.client.post(
        f"{GATEWAY_URL}/dashboard/connections/{connection}/disconnect",
        content=f"csrf_token={token}".encode(),
        headers=headers,
    )
    assert (patched.status_code, posted.status_code) == (422, 422)
    assert await rows.connections() == before


async def test_the_same_writes_work_from_the_gateways_own_page(
    gateway: Harness, rows: Rows
) -> None:
    """The tests above refuse requests for their one wrong part."""
    for number in range(len(writes(""))):
        browser, connection = await two_accounts(gateway, rows)
        method, path, is_form = writes(connection)[number]
        status = await write(
            browser, method, path, is_form, headers=OWN, token=browser.csrf_token()
        )
        assert status in {200, 303}, f"{method} {path}"
        if path.startswith("/logout"):
            continue
        for row in await rows.connections():
            assert (
                await write(
                    browser,
                    "DELETE",
                    f"/v1/connections/{row['_id']}",
                    False,
                    headers=OWN,
                    token=browser.csrf_token(),
                )
                == 200
            )


@pytest.mark.requirement("G5")
async def test_a_page_of_one_person_cannot_act_for_the_next_one(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """alice's tab is still open while bob is signed in, in the same browser."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    page = await browser.open("/dashboard/connectors")
    connect_page = await browser.open("/connectors/notion")
    browser.page = page
    await browser.submit(action="/logout")
    await browser.sign_in("bob")
    await browser.connect("google", ACCOUNTS["google-work"])
    own_page = browser.page
    await browser.connect("google", ACCOUNTS["google"])
    before, flows = await rows.connections(), len(await rows.flows())

    for row in before:
        for action in ("default", "retry", "disconnect"):
            with subtests.test(f"{action} of {row['owner']}"):
                browser.page = page
                status = await write(
                    browser,
                    "POST",
                    f"/dashboard/connections/{row['_id']}/{action}",
                    True,
                    headers=OWN,
                    token=browser.csrf_token(),
                )
                assert status == 403
    with subtests.test("start"):
        browser.page = connect_page
        refused = await browser.submit(action="/v1/connectors/notion/start")
        assert refused.status_code == 403
        assert "does not belong to your current session" in browser.text
    with subtests.test("sign out"):
        browser.page = page
        assert (await browser.submit(action="/logout")).status_code == 403
    assert await rows.connections() == before
    assert len(await rows.flows()) == flows
    browser.page = own_page
    assert (await browser.open("/dashboard/connectors")).status_code == 200
    assert "Signed in as bob" in browser.text


@pytest.mark.requirement("A4")
async def test_signing_in_from_another_site_is_refused(gateway: Harness, rows: Rows) -> None:
    """No person can be signed in as the attacker without noticing."""
    browser = await gateway.browser()
    for name, headers in FOREIGN.items():
        answer = await browser.client.post(
            f"{GATEWAY_URL}/login", data={"name": "attacker"}, headers=headers
        )
        assert answer.status_code == 403, name
        assert "set-cookie" not in answer.headers
    assert await rows.sessions() == []
