"""The rows of integrations and of their tools."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.errors import IntegrationExists, IntegrationNotFound
from gateway.store.integration_tools import EVERYBODY, Changes, IntegrationToolStore
from gateway.store.integrations import IntegrationStore
from gateway.store.mongo import Database
from tests.support.integration_rows import LATER, NOW, definition, integration


async def test_a_row_is_read_as_it_was_written(database: Database) -> None:
    rows, new = IntegrationStore(database), integration()
    await rows.add(new)
    assert await rows.get("default", "petstore") == new
    assert await rows.list_for("default") == [new]
    changed = await rows.replace(replace(new, name="Pets"))
    assert (changed.revision, (await rows.get("default", "petstore")).name) == (2, "Pets")
    with pytest.raises(IntegrationNotFound):
        await rows.replace(replace(new, name="Somebody was faster"))
    assert await rows.with_oauth() == [("default", "petstore--default")]
    assert await rows.remove("default", "petstore")
    assert not await rows.remove("default", "petstore")


async def test_a_slug_is_taken_once_in_each_tenant(database: Database) -> None:
    rows = IntegrationStore(database)
    await rows.add(integration())
    with pytest.raises(IntegrationExists):
        await rows.add(integration())
    await rows.add(integration("acme"))
    assert [row.tenant for row in await rows.list_for("acme")] == ["acme"]
    with pytest.raises(IntegrationNotFound):
        await rows.get("other", "petstore")


async def test_what_a_person_accepted_is_remembered_until_the_next_acceptance(
    database: Database,
) -> None:
    tools, shop, first = IntegrationToolStore(database), integration(), definition()
    assert await tools.sync(shop, EVERYBODY, [first], now=NOW, accept=True) == Changes(
        added=("get_pet",)
    )
    (row,) = await tools.list_for("default", "petstore")
    assert (row.definition, row.is_accepted(shop.base_url), row.before) == (first, True, None)
    assert not row.is_accepted("https://elsewhere.example/api")

    second = definition(description="Delete a pet.")
    changes = await tools.sync(shop, EVERYBODY, [second], now=LATER)
    (row,) = await tools.list_for("default", "petstore")
    assert changes == Changes(changed=("get_pet",), waiting=("get_pet",))
    assert (row.definition, row.before, row.is_accepted(shop.base_url)) == (second, first, False)

    third = definition(description="Sell a pet.")
    await tools.sync(shop, EVERYBODY, [third], now=LATER)
    (row,) = await tools.list_for("default", "petstore")
    assert row.before == first
    assert not await tools.accept(shop, "get_pet", second.digest)  # it is another one by now
    assert await tools.accept(shop, "get_pet", third.digest)
    (row,) = await tools.list_for("default", "petstore")
    assert (row.before, row.is_accepted(shop.base_url)) == (None, True)


async def test_a_definition_that_comes_back_is_accepted_still(database: Database) -> None:
    tools, shop, first = IntegrationToolStore(database), integration(), definition()
    await tools.sync(shop, EVERYBODY, [first], now=NOW, accept=True)
    await tools.sync(shop, EVERYBODY, [definition(effect="write")], now=NOW)
    await tools.sync(shop, EVERYBODY, [first], now=NOW)
    (row,) = await tools.list_for("default", "petstore")
    assert (row.is_accepted(shop.base_url), row.before) == (True, None)


async def test_what_one_connection_has_accepted_the_next_one_has(database: Database) -> None:
    tools, shop, first = IntegrationToolStore(database), integration(), definition()
    await tools.sync(shop, "con_1", [first], now=NOW)
    (row,) = await tools.list_for("default", "petstore")
    assert not row.is_accepted(shop.base_url)
    await tools.accept(shop, "get_pet", first.digest)
    await tools.set_effect(shop, "get_pet", first.digest, "destructive")
    await tools.sync(shop, "con_2", [first], now=NOW)
    rows = await tools.list_for("default", "petstore")
    assert [(each.connection, each.effect) for each in rows] == [
        ("con_1", "destructive"),
        ("con_2", "destructive"),
    ]
    assert all(each.is_accepted(shop.base_url) for each in rows)
    await tools.sync(shop, "con_3", [definition(description="Other.")], now=NOW)
    (other,) = await tools.list_for("default", "petstore", "con_3")
    assert (other.is_accepted(shop.base_url), other.effect) == (False, None)


async def test_an_operation_that_is_gone_is_no_tool(database: Database) -> None:
    tools, shop = IntegrationToolStore(database), integration()
    both = [definition("a"), definition("b")]
    await tools.sync(shop, "con_1", both, now=NOW)
    assert await tools.set_enabled(shop, ["a"], enabled=False) == 1
    changes = await tools.sync(shop, "con_1", [definition("a")], now=LATER)
    (row,) = await tools.list_for("default", "petstore")
    assert (changes.removed, row.enabled) == (("b",), False)
    assert (await tools.synced("default"))["petstore", "con_1"].synced_at == LATER
    await tools.failed(shop, "con_1", "not_reachable", now=LATER)
    mark = (await tools.synced("default"))["petstore", "con_1"]
    assert (mark.problem, mark.synced_at) == ("not_reachable", LATER)
    assert await tools.remove("default", "petstore", "con_1") == 2
    assert await tools.list_for("default") == []
