"""Schedules of what happens to a user's accounts between two questions.

``DISCOVERY_FULL=1`` runs thousands of them (``make faults``), and with ``FAULTS_PART`` a fifth.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.store.connector_rules import ConnectorRule
from gateway.store.owners import owner_of
from tests.tools.account_states import accounts
from tests.tools.accounts_world import ANSWERS, CONNECTORS, OWN_APP, Account, World

FULL = bool(os.environ.get("DISCOVERY_FULL"))
FEW = 40
PARTS = 5 if os.environ.get("FAULTS_PART") else 1

RULES = [ConnectorRule(enabled=on, personal=own) for on in (True, False) for own in (True, False)]

Step = tuple[Any, ...]
Opened = TypeVar("Opened")


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Something that happens between two questions."""
    name = draw(st.sampled_from(CONNECTORS))
    return draw(
        st.one_of(
            st.tuples(st.just("mode"), st.sampled_from(sorted(ANSWERS))),
            st.tuples(st.just("advance"), st.sampled_from([61, 3601])),
            st.tuples(st.just("rule"), st.just(name), st.sampled_from(RULES)),
            st.tuples(st.just("link"), accounts()),
            st.tuples(st.just("disconnect"), st.integers(0, 5)),
            st.tuples(st.just("default"), st.integers(0, 5)),
            st.tuples(st.just("end"), st.integers(0, 5)),
            st.tuples(st.just("app"), st.booleans()),
        )
    )


class Schedules:
    """Runs schedules in one event loop, on one database."""

    world: World

    def __init__(self) -> None:
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.linked = 0

    def open(self, opening: AbstractAsyncContextManager[Opened]) -> Opened:
        """Open a deployment until ``close``."""
        return self.runner.run(self.stack.enter_async_context(opening))

    def close(self) -> None:
        """Close all that was opened."""
        self.runner.run(self.stack.aclose())
        self.runner.close()

    async def begin(self, stored: list[Account]) -> None:
        """Begin anew, with another tenant that has these accounts."""
        self.world.begin()
        needs_app = any(each.app == "own" and each.connector == "google" for each in stored)
        own = await self.set_app() if needs_app else None
        self.linked = 0
        for account in stored:
            await self.link(account, own)

    async def set_app(self) -> str:
        """Give the tenant an app of its own at Google; return its id."""
        app = await self.world.core.apps.set(
            self.world.tenant, "google", "own-client", Secret("own-secret")
        )
        return app.id

    async def link(self, account: Account, own: str | None = None) -> None:
        """Store an account; ``own`` is the id of the tenant's app."""
        world, owners = self.world, {"org": "org"}
        owner = owners.get(account.owner, owner_of(world.user))
        place = {"tenant": world.tenant, "owner": owner, "connector": account.connector}
        rows = world.database.collection("connections")
        row = world.row(account, self.linked, is_default=await rows.find_one(place) is None)
        if account.app == "own" and account.connector == "google" and own is not None:
            row["app"] = own
        self.linked += 1
        await rows.insert(row)

    async def act(self, step: Step) -> None:
        """Let one thing happen."""
        world, (kind, *given) = self.world, step
        if kind == "mode":
            world.mode = given[0]
        elif kind == "advance":
            world.clock.advance(seconds=given[0])
            world.bulkhead._breakers.clear()
        elif kind == "rule":
            await world.core.rules.set(world.tenant, given[0], given[1])
        elif kind == "link":
            await self.link(given[0])
        elif kind == "app" and given[0]:
            await world.core.apps.set(world.tenant, OWN_APP, "own-client", Secret("own-secret"))
        elif kind == "app":
            for connector in (OWN_APP, "google"):
                for app in await world.core.apps.list_for(world.tenant, connector):
                    await world.core.apps.remove(world.tenant, connector, app.id)
        else:
            await self.change(kind, given[0])

    async def change(self, kind: str, number: int) -> None:
        """Change one of the accounts, if there are any."""
        store = self.world.core.availability._connections
        rows = await store.read_all(self.world.tenant, [owner_of(self.world.user), "org"])
        found = [row for *_, row in rows if not isinstance(row, Exception)]
        if not found:
            return
        one = found[number % len(found)]
        if kind == "disconnect":
            await store.delete(one, self.world.clock())
        elif kind == "default":
            await store.set_default(one, self.world.clock())
        else:
            await store.end_grant(one, "token_refused", self.world.clock())


def run(
    test: Callable[..., Coroutine[Any, Any, None]],
    schedules: Schedules,
    *,
    full: int = 1_000,
    **strategies: Any,
) -> None:
    """Run a test on many examples; ``full`` is their number in the long form."""

    @settings(max_examples=full // PARTS if FULL else FEW, suppress_health_check=[*HealthCheck])
    @given(**strategies)
    def each(**drawn: Any) -> None:
        schedules.runner.run(test(**drawn))

    each()
