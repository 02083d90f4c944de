"""What discovery says of an account in any state is what the next token read meets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import ConnectorError
from connectors.secret import Secret
from gateway.errors import GatewayError, ProviderError, ReauthorizationRequired
from gateway.services.availability import Answer
from gateway.services.tokens import IssuedToken, Wanted
from gateway.store.connector_rules import ConnectorRule
from gateway.store.owners import PLATFORM, owner_of
from tests.tools.account_states import accounts
from tests.tools.accounts_world import (
    ANSWERS,
    AUTH,
    CONNECTORS,
    OWN_APP,
    UNKNOWN,
    Account,
    World,
    open_world,
)

FULL = bool(os.environ.get("DISCOVERY_FULL"))
SCHEDULES = 5_000 if FULL else 40
"""``DISCOVERY_FULL=1`` runs all."""

SCOPES = {
    "google": ((), ("gmail",), (f"{AUTH}/gmail.modify", "calendar"), ("no-such-scope",)),
    "zendesk": ((), ("read",)),
}
QUESTIONS = [
    (name, scopes, owner)
    for name in (*CONNECTORS, "google-workspace", UNKNOWN)
    for scopes in SCOPES.get(name, ((),))
    for owner in (None, None, None, PLATFORM)
]
RULES = [ConnectorRule(enabled=on, personal=own) for on in (True, False) for own in (True, False)]

Step = tuple[Any, ...]


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

    def __init__(self, mongodb_url: str) -> None:
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.world: World = self.runner.run(
            self.stack.enter_async_context(open_world(mongodb_url, "discovery_states"))
        )
        self.linked = 0

    def close(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    async def begin(self, stored: list[Account]) -> None:
        self.world.begin()
        own = await self.set_app()
        self.linked = 0
        for account in stored:
            await self.link(account, own)

    async def set_app(self) -> str:
        app = await self.world.core.apps.set(
            self.world.tenant, "google", "own-client", Secret("own-secret")
        )
        return app.id

    async def link(self, account: Account, own: str | None = None) -> None:
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

    async def say(self, question: Any) -> Answer:
        """Return what discovery says."""
        connector, scopes, owner = question
        reach = await self.world.core.availability.read(self.world.tenant, self.world.user)
        return await reach.answer(connector, scopes, owner)

    async def meet(self, question: Any) -> IssuedToken | Exception:
        """Return what a token read meets."""
        connector, scopes, owner = question
        wanted = Wanted(
            connector=connector,
            tenant=self.world.tenant,
            user=self.world.user,
            scopes=scopes,
            owner=owner,
        )
        try:
            return await self.world.core.tokens.get(wanted)
        except (GatewayError, ConnectorError) as error:
            return error

    def problem(self, said: Answer, met: IssuedToken | Exception, mode: str) -> str | None:
        """Return how the two differ, if they do."""
        if said.error is not None:
            if type(met) is not type(said.error):
                return f"said {said.error!r}, met {met!r}"
            ours, theirs = vars(said.error), vars(met)
            told = {"connector", "connection", "scopes", "reason", "owner"}
            if any(ours.get(name) != theirs.get(name) for name in told):
                return f"said {ours}, met {theirs}"
            return None
        assert said.connection is not None
        if isinstance(met, IssuedToken):
            same = met.connection.id == said.connection.id
            return None if same else f"said {said.connection.id}, met {met.connection.id}"
        expires_at = said.connection.tokens.expires_at
        is_over = expires_at is not None and expires_at <= self.world.clock()
        if isinstance(met, ReauthorizationRequired):
            return None if mode == "over" else f"said that it works, met {met!r}"
        healthy = isinstance(met, ProviderError) and is_over and mode != "good"
        cooling = isinstance(met, ProviderError) and said.state and not said.state.is_renewed
        return None if healthy or cooling else f"said that it works, met {met!r}"


@pytest.fixture(scope="module")
def schedules(mongodb_url: str) -> Iterator[Schedules]:
    opened = Schedules(mongodb_url)
    yield opened
    opened.close()


def run(
    test: Callable[..., Coroutine[Any, Any, None]], schedules: Schedules, **strategies: Any
) -> None:
    """Run a test on many examples."""

    @settings(max_examples=SCHEDULES, deadline=None, suppress_health_check=[*HealthCheck])
    @given(**strategies)
    def each(**drawn: Any) -> None:
        schedules.runner.run(test(**drawn))

    each()


def test_what_is_said_is_what_a_token_read_meets(schedules: Schedules) -> None:
    async def check(stored: list[Account], asked: list[tuple[Step, Any]]) -> None:
        await schedules.begin(stored)
        for step, question in asked:
            await schedules.act(step)
            said = await schedules.say(question)
            met = await schedules.meet(question)
            assert (problem := schedules.problem(said, met, schedules.world.mode)) is None, problem
            if isinstance(met, ReauthorizationRequired):
                after = await schedules.say(question)
                assert isinstance(after.error, ReauthorizationRequired)

    question = st.sampled_from(QUESTIONS)
    run(
        check,
        schedules,
        stored=st.lists(accounts(), max_size=5),
        asked=st.lists(st.tuples(steps(), question), min_size=1, max_size=5),
    )


def test_what_is_said_during_a_change_is_what_was_or_what_is(schedules: Schedules) -> None:
    async def check(stored: list[Account], step: Step, question: Any) -> None:
        await schedules.begin(stored)
        before = await schedules.meet(question)
        if step[0] in {"mode", "advance"}:
            return
        said, _ = await asyncio.gather(schedules.say(question), schedules.act(step))
        after = await schedules.meet(question)
        problems = [schedules.problem(said, met, "good") for met in (before, after)]
        assert None in problems, problems

    question = st.sampled_from(QUESTIONS)
    run(check, schedules, stored=st.lists(accounts(), max_size=4), step=steps(), question=question)


def test_an_account_is_available_while_it_is_renewed(schedules: Schedules) -> None:
    """Whatever the provider will say in the end."""

    async def check(account: Account, mode: str) -> None:
        world = schedules.world
        await schedules.begin([account])
        question = (account.connector, (), None)
        before = await schedules.say(question)
        world.mode = mode
        world.gate.clear()
        world.asked.clear()
        reading = asyncio.create_task(schedules.meet(question))
        asked = asyncio.create_task(world.asked.wait())
        await asyncio.wait([reading, asked], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        during = await schedules.say(question)
        world.gate.set()
        met = await reading
        assert type(during.error) is type(before.error)
        assert (problem := schedules.problem(during, met, mode)) is None, problem

    run(check, schedules, account=accounts(), mode=st.sampled_from(sorted(ANSWERS)))
