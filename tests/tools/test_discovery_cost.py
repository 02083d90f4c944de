"""What discovery asks the database for, however many tools there are. Nothing is timed here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bench.discovering import ManyTools, many_tools
from connectors.catalog import Catalog
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.policies import PolicyStore
from gateway.tools.discovery import Discovery, Wanted
from gateway.tools.policy import Policies
from gateway.tools.registry import Registry
from tests.support.profile import profiling
from tests.support.silent import NO_AUDIT
from tests.tools.accounts_world import BASE, CONFIGURED, ENV, Account, World, open_world

NAME = "discovery_cost"


@pytest.fixture
async def world(mongodb_url: str) -> AsyncIterator[World]:
    async with open_world(mongodb_url, NAME) as opened:
        opened.begin()
        rows = opened.database.collection("connections")
        for owner in ("user", "org"):
            for number, name in enumerate(CONFIGURED):
                account = Account(connector=name, owner=owner, scopes=BASE.get(name, ()))
                await rows.insert(opened.row(account, number, is_default=True))
        yield opened


def discovery_of(world: World, registry: Registry) -> Discovery:
    """Discovery of these tools, with nothing in its caches."""
    watch = Watch(world.database)
    return Discovery(
        registry=registry,
        catalog=Catalog(ENV),
        availability=world.core.availability,
        policies=Policies(
            PolicyStore(world.database), Cache(watch.freshness, world.database.notices), NO_AUDIT
        ),
    )


@pytest.mark.parametrize("count", [1, 100, 10_000])
async def test_the_number_of_queries_does_not_depend_on_the_number_of_tools(
    world: World, mongodb_url: str, count: int
) -> None:
    discovery = discovery_of(world, many_tools(Catalog(ENV), count))
    async with profiling(mongodb_url, NAME) as profile:
        view = await discovery.look(world.tenant, world.user)
        found = await view.find(Wanted())
        accounts = await view.accounts()
        asked = await profile.asked()
    assert sorted(collection for collection, _ in asked) == [
        "connections",
        "connector_rules",
        "oauth_apps",
        "policies",
    ]
    assert all(world.tenant in str(command) for _, command in asked)
    assert len(accounts) == 2 * len(CONFIGURED)
    assert count < 1_000 or any(finding.available for finding in found)


async def test_each_requirement_is_judged_once(world: World) -> None:
    registry = many_tools(Catalog(ENV), 10_000)
    view = await discovery_of(world, registry).look(world.tenant, world.user)
    found = await view.find(Wanted())
    assert {id(finding.unmet) for finding in found if finding.unmet}
    kinds = {finding.tool.needs: id(finding.unmet) for finding in found}
    assert all(kinds[finding.tool.needs] == id(finding.unmet) for finding in found)


async def test_a_tool_that_comes_later_is_found(world: World) -> None:
    """The words are indexed again when the tools change."""
    registry = many_tools(Catalog(ENV), 50)
    discovery = discovery_of(world, ManyTools(registry.made[:10]))
    first = await (await discovery.look(world.tenant, world.user)).find(Wanted())
    discovery._registry = registry
    second = await (await discovery.look(world.tenant, world.user)).find(Wanted())
    assert len(second) > len(first)
