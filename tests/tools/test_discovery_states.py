"""What discovery says of an account in any state is what the next token read meets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from connectors.errors import ConnectorError
from gateway.errors import GatewayError, ProviderError, ReauthorizationRequired
from gateway.services.availability import Answer
from gateway.services.tokens import IssuedToken, Wanted
from gateway.store.owners import PLATFORM
from tests.tools.account_states import accounts
from tests.tools.accounts_world import ANSWERS, AUTH, CONNECTORS, UNKNOWN, Account, open_world
from tests.tools.schedules import Schedules, Step, run, steps

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


class Accounts(Schedules):
    """Asks about accounts."""

    def __init__(self, mongodb_url: str) -> None:
        super().__init__()
        self.world = self.open(open_world(mongodb_url, "discovery_states"))

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
def schedules(mongodb_url: str) -> Iterator[Accounts]:
    opened = Accounts(mongodb_url)
    yield opened
    opened.close()


def test_what_is_said_is_what_a_token_read_meets(schedules: Accounts) -> None:
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


def test_what_is_said_during_a_change_is_what_was_or_what_is(schedules: Accounts) -> None:
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


async def meets_during_a_renewal(schedules: Accounts, account: Account, mode: str) -> None:
    """Ask while the account is renewed, if a read of its token renews it."""
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


def test_an_account_is_available_while_it_is_renewed(schedules: Accounts) -> None:
    """Whatever the provider will say in the end."""

    async def check(account: Account, mode: str) -> None:
        await meets_during_a_renewal(schedules, account, mode)

    run(check, schedules, account=accounts(), mode=st.sampled_from(sorted(ANSWERS)))


@pytest.mark.parametrize("mode", sorted(ANSWERS))
@pytest.mark.parametrize("app", [None, "removed"])
@pytest.mark.parametrize("life", [3000, 30, -10])
@pytest.mark.parametrize("reason", [None, "unavailable", "provider_refused"])
def test_a_failing_renewal_hides_no_missing_fact(
    schedules: Accounts, reason: str | None, life: int, app: str | None, mode: str
) -> None:
    """No provider is asked without the fact, so none can mend the account."""
    account = Account(connector="zendesk", reason=reason, life=life, app=app, complete=False)
    schedules.runner.run(meets_during_a_renewal(schedules, account, mode))
