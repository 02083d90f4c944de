"""All events of a user's connections in random order, compared with a model.

The provider is strict: a refresh token is single-use, and a second use ends the grant. After each
step the model predicts the token that a tool gets, or the error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.errors import ReauthorizationRequired
from gateway.services.tokens import IssuedToken
from gateway.settings.environment import Driver
from gateway.store.connection import Connection
from gateway.store.indexes import create_indexes
from gateway.store.mongo import open_database
from tests.faults.fleet import FULL, STRICT, examples
from tests.faults.world import World, open_world

T = TypeVar("T")

LIFE, MARGIN = 3600, 60
"""Seconds of a token's life, and seconds before its end at which a renewal is due."""
JUMPS = (97, 1801, 3701, 86_423)
"""Jumps of the clock in seconds; no small sum of them is near a token's end."""


@dataclass
class Account:
    """The model of a linked account. ``token`` is ``None`` if the newest one was never served."""

    connection: Connection
    token: str | None
    issued: datetime
    revoked: bool = False
    marked: bool = False
    lost: bool = False
    reason: str | None = None


class Connections(RuleBasedStateMachine):
    """A user with at most two accounts, and services that may die."""

    mongodb_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.linked: dict[str, Account] = {}
        self.default: str | None = None
        self.uses = self.second_uses = 0
        self.world: World = self.run(self._open(self.mongodb_url))
        self.bench = self.world.bench
        self.people = {person.account: person for person in self.bench.subject.people}

    async def _open(self, url: str) -> World:
        database = await self.stack.enter_async_context(
            open_database(url, "faults_state_machine", Driver.PYMONGO)
        )
        await create_indexes(database)
        return await self.stack.enter_async_context(open_world(STRICT, database))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in this machine's event loop."""
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    def one_of(self, data: st.DataObject) -> tuple[str, Account]:
        """Return a random linked account."""
        name = data.draw(st.sampled_from(sorted(self.linked)), label="account")
        return name, self.linked[name]

    def age(self, account: Account) -> float:
        """Return the seconds since the account's token was issued."""
        return (self.bench.clock() - account.issued).total_seconds()

    # Predictions of the model.

    def use_refresh_token(self, account: Account) -> None:
        """Predict a due refresh: it works, or the user must connect again."""
        self.uses += 1
        if account.revoked or account.lost:
            self.second_uses += not account.revoked
            account.reason = "lost_rotation" if account.marked else "invalid_grant"
        else:
            account.token, account.issued = None, self.bench.clock()
        account.marked = False

    def expect(self, account: Account, *, force: bool = False) -> bool:
        """Predict whether a call gets a token, and apply its effects."""
        alive = self.age(account) < LIFE
        due = force or self.age(account) >= LIFE - MARGIN
        if due and account.reason is None and (force or not alive or not account.marked):
            self.use_refresh_token(account)
        return account.reason is None

    def check(self, account: Account, answer: IssuedToken | None, *, given: bool) -> None:
        """Compare a call with the model."""
        assert (answer is not None) == given
        if answer is None:
            return
        assert answer.connection.id == account.connection.id
        token = answer.access_token.reveal()
        if account.token is None:
            assert all(token != other.token for other in self.linked.values())
            account.token = token
        assert token == account.token
        works = self.bench.call(answer).status == 200
        # This provider ends the access token with the refresh, even if the response is lost.
        assert works == (not account.revoked and not account.lost)

    async def call(self, work: Coroutine[Any, Any, IssuedToken]) -> IssuedToken | None:
        """Return the token, or ``None`` if the user must connect again."""
        try:
            return await work
        except ReauthorizationRequired:
            return None

    # Events.

    @rule(data=st.data(), again=st.booleans())
    def connect(self, data: st.DataObject, again: bool) -> None:
        """Connect; ``again`` reconnects an account, and the user may choose another."""
        meant = None
        if again and self.linked:
            meant = self.one_of(data)[1].connection.id
        name = data.draw(st.sampled_from(sorted(self.people)), label="person")
        finished = self.run(self._connect(name, meant))
        connection, known = finished.connection, self.linked.get(name)
        assert connection.external_account_id == name
        assert finished.other_account == (meant is not None and meant != connection.id)
        if known is not None:
            assert connection.id == known.connection.id
            assert connection.generation > known.connection.generation
        self.linked[name] = Account(connection, None, self.bench.clock())
        self.default = self.default or name

    async def _connect(self, name: str, meant: str | None) -> Any:
        person = self.people[name]
        started = await self.bench.start(person, reconnect=meant)
        params = self.bench.approve(self.bench.consent(started), person)
        return await self.bench.finish(started, params)

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        """A tool asks for a token of an account."""
        name, account = self.one_of(data)
        answer = self.run(self.call(self.world.read(name)))
        self.check(account, answer, given=self.expect(account))

    @precondition(lambda self: self.linked)
    @rule()
    def read_default(self) -> None:
        """A tool asks without naming an account."""
        assert self.default is not None
        account = self.linked[self.default]
        answer = self.run(self.call(self.world.read(None)))
        self.check(account, answer, given=self.expect(account))

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        """A tool forces a refresh."""
        _, account = self.one_of(data)
        answer = self.run(self.call(self.bench.token(account.connection, force=True)))
        self.check(account, answer, given=self.expect(account, force=True))

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        """The user removes the app at the provider."""
        name, account = self.one_of(data)
        ledger = self.bench.simulation.ledger
        for grant in ledger.living_grants(STRICT, "", name):
            ledger.revoke(grant, whole_account=False)
        account.revoked = True

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        """The user disconnects an account here."""
        name, account = self.one_of(data)
        self.run(self.bench.disconnect(account.connection))
        del self.linked[name]
        if self.default == name:
            self.default = None
            if self.linked:
                oldest = min(self.linked.values(), key=lambda one: one.connection.created_at)
                self.default = oldest.connection.external_account_id

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def choose_default(self, data: st.DataObject) -> None:
        """The user chooses the default account."""
        name, account = self.one_of(data)
        self.run(self.world.choose(account.connection))
        self.default = name

    @rule(seconds=st.sampled_from(JUMPS))
    def jump(self, seconds: int) -> None:
        """The clock jumps: no call came meanwhile."""
        self.bench.clock.advance(seconds=seconds)

    @precondition(lambda self: self.linked)
    @rule(data=st.data())
    def come_near_the_end(self, data: st.DataObject) -> None:
        """The clock jumps until half the margin of a token's life is left."""
        _, account = self.one_of(data)
        self.bench.clock.advance(seconds=max(0, LIFE - MARGIN / 2 - self.age(account)))

    @rule()
    def restart(self) -> None:
        """The process ends between two calls."""
        self.world.restart()

    @precondition(lambda self: any(one.reason is None for one in self.linked.values()))
    @rule(data=st.data(), step=st.sampled_from(["claim", "mark", "answer", "store"]))
    def crash(self, data: st.DataObject, step: str) -> None:
        """The process dies in the middle of a forced refresh."""
        _, account = self.one_of(data)
        refused = account.revoked or account.lost
        if account.reason is not None or (refused and step in {"answer", "store"}):
            return  # this refresh has no such step
        self.run(self.world.refresh_and_die(account.connection, step))
        account.marked = account.marked if step == "claim" else step != "store"
        account.lost = step == "answer" or account.lost
        self.uses += step in {"answer", "store"}
        if step == "store":
            account.token, account.issued = None, self.bench.clock()

    # Invariants.

    @invariant()
    def the_list_is_that_of_the_dictionary(self) -> None:
        """The accounts, the default and their statuses agree with the model."""
        stored = self.run(self.bench.connections())
        assert len(stored) == len(self.linked)
        assert {one.external_account_id for one in stored} == set(self.linked)
        for one in stored:
            account = self.linked[one.external_account_id]
            assert one.is_default == (one.external_account_id == self.default)
            expected = "active" if account.reason is None else "needs_reauth"
            assert (str(one.status), one.status_reason) == (expected, account.reason)

    @invariant()
    def the_provider_saw_no_more_than_the_dictionary(self) -> None:
        """Each refresh was due, and a second use came only after a lost response."""
        log = [line for line in self.bench.simulation.ledger.log if line["endpoint"] == "token"]
        refreshes = [line for line in log if line["grant_type"] == "refresh_token"]
        assert len(refreshes) == self.uses
        again = [line for line in refreshes if line.get("reason") == "refresh_token_used"]
        assert len(again) == self.second_uses


@pytest.mark.requirement("D3", "D4")
def test_tools_get_the_tokens_that_the_model_predicts(mongodb_url: str) -> None:
    """D3, D4, E."""

    class Here(Connections):
        pass

    Here.mongodb_url = mongodb_url
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples(300) if FULL else 30,
            stateful_step_count=20,
            suppress_health_check=[*HealthCheck],
        ),
    )
