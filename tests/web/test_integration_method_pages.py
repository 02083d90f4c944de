"""The pages about the ways to connect to an integration, without JavaScript."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.errors import InvalidRequest
from gateway.web.method_form import WAYS, fields_of, method_of, new_fields, places_of, way_of
from tests.support.browser import Browser, words
from tests.support.integrating import SLUG, Integrating, integrating
from tests.support.organisation import ADMIN
from tests.support.remote_api import API_KEY, CLIENT_ID, CLIENT_SECRET

PAGE = f"/dashboard/integrations/{SLUG}"
SOURCES = [
    AuthMethod(
        slug="key",
        kind="apikey",
        title="Key",
        placements=(
            Placement(carrier="header", name="X-Key", prefix="Token ", variable="api_key"),
            Placement(carrier="query", name="version", literal="2"),
        ),
    ),
    AuthMethod(
        slug="q",
        kind="apikey",
        placements=(Placement(carrier="query", name="k", variable="token"),),
    ),
    AuthMethod(slug="login", kind="apikey", basic=True),
    AuthMethod(
        slug="account",
        kind="oauth",
        oauth=OAuth(
            authorization_url="https://a.example/authorize",
            token_url="https://a.example/token",
            refresh_url="https://a.example/refresh",
            scopes={"read": "See it", "write": ""},
        ),
    ),
    AuthMethod(
        slug="found",
        kind="oauth",
        oauth=OAuth(discovery_url="https://a.example/mcp", supports_dynamic_registration=True),
    ),
    AuthMethod(
        slug="machine",
        kind="oauth",
        oauth=OAuth(flow="client_credentials", token_url="https://a.example/token"),
    ),
]


@pytest.fixture
async def world(mongodb_url: str, database_name: str) -> AsyncIterator[Integrating]:
    """A gateway with the pet shop."""
    async with integrating(mongodb_url, database_name) as found:
        await found.add()
        yield found


async def methods(world: Integrating) -> dict[str, dict[str, Any]]:
    """The ways to connect by their slugs, as the API tells them."""
    return {each["template"]: each for each in (await world.got("GET", f"/{SLUG}"))["authMethods"]}


async def fill(browser: Browser, way: str, **fields: str) -> None:
    """Choose a way to connect, fill its form in and send it."""
    await browser.open(PAGE)
    await browser.open(browser.links()["Add a way to connect"])
    await browser.open(browser.links()[f"Choose {WAYS[way].title}"])
    dotted = {name.replace("__", "."): value for name, value in fields.items()}
    await browser.submit(dotted, button="Add it")


@pytest.mark.parametrize("method", SOURCES, ids=[each.slug for each in SOURCES])
def test_a_form_says_again_what_the_method_says(method: AuthMethod) -> None:
    way = way_of(method)
    assert way is not None
    assert method_of(way, fields_of(method)) == method
    assert len(places_of(way, fields_of(method))) == (len(method.placements) + 1) * bool(
        method.placements
    )


def test_nothing_can_be_said_about_a_method_that_asks_for_nothing() -> None:
    assert way_of(AuthMethod(slug="none", kind="none")) is None


@pytest.mark.parametrize(
    ("way", "fields", "wrong"),
    [
        ("header", {"place.0.name": "", "place.0.variable": ""}, {"place.0.name"}),
        ("header", {"place.3.literal": "x"}, {"place.3.name"}),
        ("bearer", {"place.0.prefix": "x" * 201}, {"place.0.prefix"}),
        ("query", {"place.0.carrier": "body"}, {"place.0.carrier"}),
        ("basic", {"title": "x" * 81}, {"title"}),
        ("oauth", {"tokenUrl": "https://a.example/token"}, {"authorizationUrl"}),
        ("oauth", {}, {"authorizationUrl", "tokenUrl"}),
        ("oauth", {"discoveryUrl": "x" * 2049}, {"discoveryUrl"}),
        ("client_credentials", {"scopes": "a\n" + "b" * 201}, {"tokenUrl", "scopes"}),
    ],
)
def test_each_wrong_field_is_named_without_its_value(
    way: str, fields: dict[str, str], wrong: set[str]
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        method_of(way, new_fields(way) | fields)
    assert set(caught.value.errors) == wrong
    typed = [value for value in fields.values() if len(value) > 3]
    assert not [value for value in typed if value in f"{caught.value} {caught.value.errors}"]


async def test_every_way_can_be_added_by_its_form(world: Integrating) -> None:
    browser = await world.harness.browser(ADMIN)
    urls = {"authorizationUrl": f"{world.api.url}/a", "tokenUrl": f"{world.api.url}/t"}
    for way, fields in {
        "header": {"place__0__carrier": "header", "place__0__name": "X-Shop"},
        "query": {"place__0__carrier": "query", "place__0__name": "k"},
        "bearer": {"place__0__carrier": "header"},
        "basic": {},
        "oauth": urls | {"scopes": "pets:read See pets\npets:write"},
        "client_credentials": {"tokenUrl": urls["tokenUrl"], "scopes": "pets:read"},
    }.items():
        await fill(
            browser, way, template=f"my-{way.replace('_', '-')}", title=f"My {way}", **fields
        )
        assert browser.outcome() == "method_set", (way, words(browser))
        assert f"My {way}" in words(browser)
    found = await methods(world)
    assert {"key", "login", "account"} < set(found)
    (bearer,) = found["my-bearer"]["placements"]
    assert (bearer["name"], bearer["prefix"]) == ("Authorization", "Bearer ")
    assert found["my-header"]["placements"][0]["variable"] == "api_key"
    assert found["my-query"]["placements"][0]["carrier"] == "query"
    assert found["my-basic"]["basic"]
    assert found["my-oauth"]["oauth"]["scopes"] == {"pets:read": "See pets", "pets:write": ""}
    assert found["my-client-credentials"]["oauth"]["flow"] == "client_credentials"


async def test_a_way_is_changed_removed_and_takes_the_place_of_all(world: Integrating) -> None:
    browser = await world.harness.browser(ADMIN)
    await browser.open(PAGE)
    await browser.open(browser.links()["Change key"])
    await browser.submit({"title": "Key of the shop", "place.0.name": "X-Shop"}, button="Save")
    assert browser.outcome() == "method_set", words(browser)
    assert "a value in the header X-Shop" in words(browser)
    assert (await methods(world))["key"]["title"] == "Key of the shop"

    await browser.submit(button="Remove login")
    assert browser.outcome() == "method_removed", words(browser)
    assert set(await methods(world)) == {"key", "account"}

    await fill(browser, "bearer", mode="replace", place__0__carrier="header")
    assert browser.outcome() == "method_set", words(browser)
    (only,) = await methods(world)
    assert only.startswith("custom_")
    assert "Remove" not in {text.split()[0] for text in browser_buttons(browser)}


def browser_buttons(browser: Browser) -> list[str]:
    """The texts of the buttons in forms about ways to connect."""
    text = browser.page.text
    return [part.split("<")[0] for part in text.split('button-risky" type="submit">')[1:]]


async def test_a_form_with_mistakes_comes_back_as_it_was_filled_in(world: Integrating) -> None:
    browser = await world.harness.browser(ADMIN)
    await fill(browser, "header", title="Mine", place__0__name="", place__0__carrier="header")
    assert browser.page.status_code == 422
    assert "Fill this in." in words(browser)
    assert 'value="Mine"' in browser.page.text
    await browser.submit({"place.0.name": "Host"}, button="Add it")
    assert "a header that the gateway writes" in words(browser)
    assert "authMethods" not in browser.text
    await browser.submit({"place.0.name": "X-Mine", "template": "key"}, button="Add it")
    assert "choose another name" in words(browser)
    await browser.submit({"template": "Not A Slug"}, button="Add it")
    assert browser.page.status_code == 422
    assert "A slug has words" in words(browser)
    await browser.submit({"template": "mine"}, button="Add it")
    assert browser.outcome() == "method_set", words(browser)
    for query in ("?template=nothing", "?way=cookie"):
        shown = await browser.open(f"{PAGE}/methods{query}")
        assert shown.status_code == (404 if "template" in query else 200)


async def test_what_is_in_use_stays(world: Integrating) -> None:
    """No endpoint changes and no way goes while there are accounts, or an app for it."""
    await world.connect_for_org({"token": API_KEY, "template": "key"})
    browser = await world.harness.browser(ADMIN)
    await browser.open(PAGE)
    await browser.submit(button="Remove key")
    assert browser.page.status_code == 422
    assert "Disconnect the accounts first" in words(browser)
    assert "Accounts are connected" in words(browser)
    await fill(browser, "bearer", mode="replace", place__0__carrier="header")
    assert "Disconnect the accounts first" in words(browser)
    assert len(await methods(world)) == 3

    await browser.open(f"/dashboard/apps/{SLUG}--default")
    app = {"app.client_id": CLIENT_ID, "app.client_secret": CLIENT_SECRET}
    await browser.submit(app, button="Use this app")
    await browser.open(f"{PAGE}/methods?template=account")
    await browser.submit({"tokenUrl": f"{world.other.url}/token"}, button="Save")
    assert browser.page.status_code == 422
    assert (await methods(world))["account"]["oauth"]["tokenUrl"].startswith(world.api.url)
