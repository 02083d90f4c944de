"""Mix-up between issuers: the callback's ``iss`` (RFC 9207), and instances of one provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.attacks.arena import Arena
from tests.attacks.conftest import Browsers
from tests.attacks.hostile import ISSUER, write_connectors
from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, param, with_params
from tests.support.gateway import ACCOUNTS, running_gateway

Answer = dict[str, Any]


def iss(*values: str) -> Answer:
    """Return an authorization response with these issuers."""
    return {"add": [("iss", value) for value in values]}


def error(*values: str) -> Answer:
    """Return an error response with these issuers."""
    return {"change": {"code": None, "error": "access_denied"}, **iss(*values)}


OTHER = "https://issuer.honest.example"
WRONG = {
    "another": iss(OTHER),
    "a slash at its end": iss(ISSUER + "/"),
    "in capitals": iss(ISSUER.upper()),
    "with a port": iss(ISSUER + ":443"),
    "empty": iss(""),
    "twice": iss(ISSUER, ISSUER),
    "the right one and another": iss(ISSUER, OTHER),
    "another, on a refusal": error(OTHER),
    "twice, on a refusal": error(ISSUER, ISSUER),
}
MISSING: dict[str, Answer] = {"missing": iss(), "missing, on a refusal": error()}


@pytest.mark.requirement("B4")
@pytest.mark.parametrize(
    ("connector", "answer"),
    [(name, kind) for name in ("named", "strict") for kind in WRONG]
    + [("strict", kind) for kind in MISSING],
)
async def test_an_answer_of_another_issuer_is_refused(
    arena: Arena, browsers: Browsers, connector: str, answer: str
) -> None:
    """The comparison is exact, applies to errors, and refuses a missing but promised issuer."""
    user, browser = arena.person("victim"), browsers()
    await browser.sign_in(user)
    arena.hostile.answer(**(WRONG | MISSING)[answer])
    before = arena.before()
    page = await browser.start(connector)
    assert page.url.path == f"/v1/connectors/{connector}/callback"
    assert page.status_code == 400
    arena.assert_nothing_came_of_it(before)

    arena.hostile.answer(**iss(ISSUER))
    await browser.start(connector)
    assert browser.outcome() == "connected"
    assert len(arena.connections(user)) == 1


@pytest.mark.requirement("B4")
@pytest.mark.parametrize(("connector", "values"), [("named", []), ("evil", [OTHER])])
async def test_an_issuer_that_was_not_promised_breaks_nothing(
    arena: Arena, browsers: Browsers, connector: str, values: list[str]
) -> None:
    """A provider that starts to send an issuer, or does not send it yet, still works."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    arena.hostile.answer(**iss(*values))
    await browser.start(connector)
    assert browser.outcome() == "connected"


@pytest.mark.requirement("B3")
async def test_one_stores_answer_does_not_finish_another_stores_flow(
    arena: Arena, browsers: Browsers
) -> None:
    """A user has two stores; the second's correctly signed response has the first's state."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    await browser.start("shopify", shop="acme")
    first = param(browser.url, "state")
    await browser.start("shopify", shop="globex")
    before = arena.before()

    await browser.open(with_params(browser.url, state=first), site="cross-site")
    callback = await approved_callback(browser, ACCOUNTS["shopify"])
    assert (param(callback, "shop"), param(callback, "state")) == ("globex.myshopify.com", first)
    assert (await browser.open(callback, site="cross-site")).status_code == 400
    arena.assert_nothing_came_of_it(before)
    await assert_both_stores_connect(arena, browser, user)


@pytest.mark.requirement("B3")
async def test_a_code_that_changed_places_with_another_stores_is_refused(
    arena: Arena, browsers: Browsers
) -> None:
    """Two responses of one user exchange their codes or states."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    callbacks = []
    for shop in ("acme", "globex"):
        await browser.start("shopify", shop=shop)
        callbacks.append(await approved_callback(browser, ACCOUNTS["shopify"]))
    before = arena.before()
    one, other = callbacks
    swapped = [
        with_params(one, code=param(other, "code")),
        with_params(other, state=param(one, "state"), code=param(one, "code")),
    ]
    for callback, status in zip(swapped, (400, 303), strict=True):
        await browser.open(callback, site="cross-site")
        assert browser.history[0].status_code == status
    # The first response had used up the second's state.
    assert browser.outcome() == "already_connected"
    arena.assert_nothing_came_of_it(before)
    await assert_both_stores_connect(arena, browser, user)


async def assert_both_stores_connect(arena: Arena, browser: Browser, user: str) -> None:
    """Check the honest flows of both stores: each token request went to its own store."""
    for shop in ("acme", "globex"):
        mark = arena.sandbox.mark()
        assert await browser.connect("shopify", ACCOUNTS["shopify"], shop=shop) == "connected"
        assert len(arena.sandbox.token_requests("shopify", after=mark)) == 1
    assert [row["external_account_id"] for row in arena.connections(user)] == [
        "acme.myshopify.com",
        "globex.myshopify.com",
    ]


@pytest.mark.requirement("B3")
async def test_a_flow_ends_at_the_endpoint_that_it_began_with(
    arena: Arena, mongodb_url: str, database_name: str, tmp_path: Path
) -> None:
    """The connector has another token endpoint by the time of the callback."""
    hostile = arena.hostile
    shared: dict[str, Any] = {
        "public_url": arena.url,
        "egress_allow": frozenset({("127.0.0.1", int(hostile.url.rpartition(":")[2]))}),
    }
    folders = tmp_path / "old", tmp_path / "new"
    env = write_connectors(folders[0], hostile.url)
    write_connectors(folders[1], hostile.url, token="moved")
    mark = hostile.mark()
    async with running_gateway(
        mongodb_url, database_name, env=env, connectors_path=folders[0], **shared
    ) as gateway:
        browser = await gateway.browser("alice")
        await browser.open("/connectors/evil")
        started = await browser.client.post(
            f"{arena.url}/v1/connectors/evil/start",
            json={},
            headers={"Origin": arena.url, "X-CSRF-Token": browser.csrf_token()},
        )
        cookies = browser.client.cookies
        state = param(started.json()["authorization_url"], "state")
    async with running_gateway(
        mongodb_url, database_name, env=env, connectors_path=folders[1], **shared
    ) as gateway:
        browser = await gateway.browser()
        browser.client.cookies = cookies
        callback = with_params(arena.callback("evil"), state=state, code="the-code")
        await browser.open(callback, site="cross-site")
        assert browser.outcome() == "connected"
    assert [line["path"] for line in hostile.requests("token", after=mark)] == ["/token"]
