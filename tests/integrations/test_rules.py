"""Rules that name an integration go with it; others stay."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import pytest

from gateway.access.service_keys import Role
from gateway.errors import StoreUnavailable
from gateway.store.policies import Decision, PolicyRule
from tests.support.browser import words
from tests.support.integrating import SLUG, Integrating, integrating
from tests.support.organisation import ADMIN

MINE = ("petstore_*", "petstore_list_pets", "petstore_delete_*")
OTHERS = ("*", "*_delete_*", "petstore2_*", "pet*", "notion_*")
CONNECTOR = f"{SLUG}--default"


@pytest.fixture
async def world(mongodb_url: str, database_name: str) -> AsyncIterator[Integrating]:
    """A gateway with the pet shop, and rules about it and about others."""
    async with integrating(mongodb_url, database_name) as found:
        await found.add()
        services = found.harness.services
        rules = [
            PolicyRule(id=f"r{number}", pattern=pattern, decision=Decision.BLOCK)
            for number, pattern in enumerate((*MINE, *OTHERS))
        ]
        disabled = (CONNECTOR, "notion")
        await services.policies.set("default", rules=rules, disabled=disabled, revision=0)
        admin = await found.key(Role.ADMIN)
        for name in (CONNECTOR, "notion"):
            answer = await admin.put(
                f"/v1/connector-rules/{name}", json={"enabled": True, "personal": False}
            )
            assert answer.is_success, answer.text
        yield found


async def left(world: Integrating) -> tuple[set[str], set[str], set[str]]:
    """The patterns, the switched off connectors and the connectors with a rule."""
    admin = await world.key(Role.ADMIN)
    policies = (await admin.get("/v1/policies")).json()
    rules = (await admin.get("/v1/connector-rules")).json()["rules"]
    return (
        {rule["pattern"] for rule in policies["rules"]},
        set(policies["disabled"]),
        {rule["connector"] for rule in rules},
    )


async def test_removing_takes_the_rules_that_name_it_and_says_so(world: Integrating) -> None:
    browser = await world.harness.browser(ADMIN)
    await browser.open(f"/dashboard/integrations/{SLUG}/remove")
    text = words(browser)
    assert "The 5 rules that name it are removed, too" in text
    assert "petstore_list_pets" in text
    assert "*_delete_*" not in text.replace("petstore_delete_*", "")
    answer = await world.got("DELETE", f"/{SLUG}")
    assert answer["rules"] == 5
    assert await left(world) == (set(OTHERS), {"notion"}, {"notion"})
    admin = await world.key(Role.ADMIN)
    lines = (await admin.get("/v1/audit", params={"limit": "100"})).json()["lines"]
    told = [(line["action"], line["subject"]) for line in lines]
    assert {("policy.changed", "r0"), ("policy.changed", "r2")} <= set(told)
    assert ("tools.switched", "on") in told

    await world.add()
    assert (await world.got("DELETE", f"/{SLUG}"))["rules"] == 0


async def test_a_change_at_the_same_time_is_kept(world: Integrating) -> None:
    policies = world.harness.services.policies
    store = policies._store
    remove, rule = store.remove, PolicyRule(id="new", pattern="x_*", decision=Decision.ASK)

    async def meanwhile(tenant: str, patterns: Iterable[str], connector: str) -> bool:
        old = await policies.read(tenant)
        new = [*old.rules, rule]
        await policies.set(tenant, rules=new, disabled=old.disabled, revision=old.revision)
        return await remove(tenant, patterns, connector)

    store.remove = meanwhile  # type: ignore[method-assign]
    assert (await world.got("DELETE", f"/{SLUG}"))["rules"] == 5
    assert (await left(world))[0] == {*OTHERS, "x_*"}


async def test_what_is_forbidden_stays_so_while_there_are_tools(world: Integrating) -> None:
    """A removal that is interrupted before its tools are gone leaves the rules."""

    async def interrupted(*_: object) -> int:
        raise StoreUnavailable

    removal = world.harness.services.integration_service.removal
    works = removal.tools.remove
    removal.tools.remove = interrupted  # type: ignore[assignment]
    assert (await world.ask("DELETE", f"/{SLUG}")).status_code == 503
    assert (await left(world))[0] == {*MINE, *OTHERS}
    removal.tools.remove = works  # type: ignore[method-assign]
    assert (await world.got("DELETE", f"/{SLUG}"))["rules"] == 5
