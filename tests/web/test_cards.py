"""A connector's card is made once, and is another one for another description."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from connectors.added import AddedKeyConnector
from connectors.key_method import KeyMethod
from connectors.secret import Secret
from gateway.engine.integration_names import tenant_tag
from gateway.web.pages import CardView, card_view
from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, Harness, running_gateway

DASHBOARD = "/dashboard/connectors"


async def cards(gateway: Harness) -> dict[str, CardView]:
    """The cards without accounts of what the tenant's people can connect."""
    offered = await gateway.services.apps.offered("default")
    return {config.name: await card_view(gateway.services, config, []) for config in offered}


async def test_cards_are_made_once(mongodb_url: str, database_name: str) -> None:
    async with running_gateway(mongodb_url, database_name) as gateway:
        before, after = await cards(gateway), await cards(gateway)
        assert "notion" in before  # by its key alone: nobody has an app
        assert all(after[name] is card for name, card in before.items())


async def test_an_account_is_on_the_card_of_its_person_alone(gateway: Harness) -> None:
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.connect("notion", ACCOUNTS["notion"])
    for browser, sees in ((alice, True), (bob, False), (alice, True)):
        await browser.open(DASHBOARD)
        assert ("Acme HQ" in words(browser)) is sees


async def test_an_app_of_an_administrator_changes_the_card(
    mongodb_url: str, database_name: str
) -> None:
    async with running_gateway(mongodb_url, database_name) as gateway:
        keyed = await cards(gateway)
        assert "google" not in keyed
        assert keyed["airtable"].scopes == ()
        apps = gateway.services.apps
        made = [
            await apps.set("default", name, "ours", Secret("s")) for name in ("google", "airtable")
        ]
        with_apps = await cards(gateway)
        assert with_apps["google"].scopes
        assert with_apps["airtable"].scopes
        for app in made:
            await apps.remove("default", app.connector, app.id)
        assert await cards(gateway) == keyed


async def test_an_integration_that_is_described_anew_has_another_card(gateway: Harness) -> None:
    described = AddedKeyConnector(
        name=f"notes--{tenant_tag('default')}",
        display_name="Notes",
        category="other",
        docs_url="https://notes.example/docs",
        console_url="https://notes.example/docs",
        checked_on=date.min,
        api_base_url="https://notes.example",
        key=KeyMethod(inputs={}),
    )
    catalog, browser = gateway.services.catalog, await gateway.browser("alice")
    seen = []
    for name in ("Notes", "Better notes", None):
        if name is None:
            catalog.remove(described.name)
        else:
            catalog.add(replace(described, display_name=name))
        await browser.open(DASHBOARD)
        seen.append(
            [text for text in ("Connect Notes", "Connect Better notes") if text in words(browser)]
        )
    assert seen == [["Connect Notes"], ["Connect Better notes"], []]
