"""What a person types into the pages about integrations: secrets come back in no page at all.

The gateway runs in this process at log level debug. At the end the test searches everything that it
said and stored: pages, answers, logs, audit and the whole database.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.observe.access_log import flush_logs
from tests.leaks.canaries import Canaries
from tests.leaks.journey import stored
from tests.support.answers import WatchedTransport
from tests.support.browser import Browser
from tests.support.integrating import SLUG, Integrating, integrating
from tests.support.organisation import ADMIN
from tests.support.remote_api import API_KEY, CLIENT_ID, PASSWORD, USER

LIST = "/dashboard/integrations"
PAGE = f"{LIST}/{SLUG}"
CONNECTOR = f"{SLUG}--default"
KEPT = {(f"{LIST}/add", 200), (f"{PAGE}/refresh/look", 200)}
"""The answers whose form says again the URL that was typed, with its query."""


@pytest.fixture
async def world(
    mongodb_url: str, database_name: str, log: io.StringIO
) -> AsyncIterator[Integrating]:
    """A gateway at log level debug, that may call the shop."""
    async with integrating(mongodb_url, database_name) as found:
        yield found


def canary(name: str) -> str:
    """A secret that is found by its random part."""
    return f"{name}{secrets.token_hex(16)}"


async def type_everywhere(world: Integrating, browser: Browser, canaries: Canaries) -> str:
    """Type secrets where they belong, and where they do not; return the one in the query."""
    url, in_query = world.api.document_url, canary("q")
    canaries.add("query", in_query)
    password = canary("p")
    canaries.add("password", password)
    with_user = url.replace("://", f"://someone:{password}@")
    await browser.open(LIST)
    for wrong in (with_user, with_user.removeprefix("http://"), f"  {with_user}"):
        await browser.submit({"url": wrong, "kind": "openapi"}, action="/add")
        assert browser.page.status_code == 422
        assert "someone" not in browser.text
    await browser.submit({"url": f"{url}?key={in_query}", "kind": ""}, action="/add")
    await browser.submit({"slug": SLUG}, button="Add this integration")
    assert browser.outcome() == "integration_added", browser.text

    for field in ("url", "base_url"):
        await browser.open(f"{PAGE}/refresh")
        await browser.submit({field: with_user}, button="Show what changes")
        assert browser.page.status_code == 422
    await browser.open(f"{PAGE}/refresh")
    await browser.submit({"url": f"{url}?key={in_query}"}, button="Show what changes")
    await browser.submit(button="Change it")
    for field in ("authorizationUrl", "tokenUrl", "refreshUrl", "discoveryUrl"):
        await browser.open(f"{PAGE}/methods?way=oauth")
        good = {name: f"{world.api.url}/x" for name in ("authorizationUrl", "tokenUrl")}
        await browser.submit(good | {field: with_user}, button="Add it")
        assert browser.page.status_code == 422, field

    for inputs in (
        {"input.token": canary("k")},
        {"input.token": API_KEY},
        {"template": "login", "input.username": canary("u"), "input.password": canary("w")},
        {"template": "login", "input.username": USER, "input.password": PASSWORD},
    ):
        method = inputs.get("template", "key")
        canaries.add(
            "key", *(value for name, value in inputs.items() if value not in {USER, method})
        )
        await browser.open(f"/connectors/{CONNECTOR}?method=key&template={method}&owner=org")
        await browser.submit(inputs, action=f"/v1/connectors/{CONNECTOR}/connect")
    for client_id, secret in ((CLIENT_ID, canary("s")), ("", canary("s")), ("a\n", canary("s"))):
        canaries.add("client secret", secret)
        await browser.open(f"/dashboard/apps/{CONNECTOR}")
        app = {"app.client_id": client_id, "app.client_secret": secret}
        await browser.submit(app, button="Use this app")
    return in_query


@pytest.mark.requirement("E1", "J1", "J2", "J3")
async def test_no_secret_that_was_typed_comes_back(
    world: Integrating,
    mongodb_url: str,
    database_name: str,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canaries = Canaries()
    watch = WatchedTransport(world.harness.transport)
    world.harness.transport = watch
    browser = await world.harness.browser(ADMIN)
    in_query = await type_everywhere(world, browser, canaries)
    for page in (LIST, PAGE, f"{PAGE}/refresh", f"{PAGE}/methods?template=key", f"{PAGE}/remove"):
        assert (await browser.open(page)).status_code == 200
    await browser.open(f"{PAGE}/tools/list_pets")
    await browser.submit(button="Run it")
    admin = await world.key(Role.ADMIN, "default")
    assert len((await admin.get("/v1/audit", params={"limit": "100"})).json()["lines"]) > 5
    await world.got("GET")
    await browser.open(f"{PAGE}/remove")

    assert len(watch.answers) > 50
    assert [
        f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}: {what}"
        for answer in watch.answers
        for what in canaries.found_in(
            answer.content + str(answer.headers).encode(), but=said(answer)
        )
    ] == []
    assert any(in_query in answer.text for answer in watch.answers)
    # The address from which it is read again is no credential of the gateway's: it is kept.
    found = stored(canaries, mongodb_url, database_name)
    assert [where for where in found if not where.startswith("integrations: query")] == []
    flush_logs()
    assert "integration_unreachable" in log.getvalue()
    out, err = capfd.readouterr()
    assert canaries.found_in((log.getvalue() + out + err).encode()) == []
    await browser.submit(button="Remove")
    assert stored(canaries, mongodb_url, database_name) == []


def said(answer: httpx.Response) -> frozenset[str]:
    """The kinds that an answer is there to say again."""
    is_form = (answer.request.url.path, answer.status_code) in KEPT
    return frozenset({"query"} if is_form else ())
