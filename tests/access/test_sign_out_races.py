"""Sign out everywhere against arrivals that are under way: no session is left."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar

import anyio
import pytest

from gateway.access.login.attempts import Attempts
from gateway.access.login.choice import Logins
from gateway.access.login.handoff import Handoff
from gateway.access.sessions import Sessions
from gateway.clock import utc_now
from gateway.errors import LoginError
from gateway.store.flows import FlowStore
from gateway.store.logins import LoginStore
from gateway.store.mongo import Database
from gateway.store.oauth_grants import GrantStore
from gateway.store.sessions import SessionStore, StoredSession
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT

RACES = 500
T = TypeVar("T")


class Turns:
    """Lets one of the racing tasks take its next step, in an order that ``seed`` chooses."""

    def __init__(self, seed: int) -> None:
        self._order = random.Random(seed)
        self._waiting: list[asyncio.Future[None]] = []

    async def turn(self) -> None:
        """Wait until this task may take its next step."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    async def run(self, *work: Awaitable[Any]) -> list[Any]:
        """Run the tasks to their ends; return their results, errors included."""
        racing = [asyncio.ensure_future(self._first(one)) for one in work]
        while not all(task.done() for task in racing):
            # A step ends when its task waits for the next turn, or is done.
            while len(self._waiting) < sum(not task.done() for task in racing):
                await asyncio.wait(
                    [task for task in racing if not task.done()],
                    timeout=0.001,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            if self._waiting:
                self._waiting.pop(self._order.randrange(len(self._waiting))).set_result(None)
        return await asyncio.gather(*racing, return_exceptions=True)

    async def _first(self, work: Awaitable[T]) -> T:
        await self.turn()
        return await work


class SteppedSessions(SessionStore):
    """Takes a turn before each step in the database."""

    turns: Turns

    async def add(self, session: StoredSession) -> None:
        await self.turns.turn()
        await super().add(session)

    async def signed_out_since(self, tenant: str, user: str, began: datetime) -> bool:
        await self.turns.turn()
        return await super().signed_out_since(tenant, user, began)

    async def note_sign_out(self, tenant: str, user: str, now: datetime) -> None:
        await self.turns.turn()
        await super().note_sign_out(tenant, user, now)

    async def delete_all(self, tenant: str, user: str) -> int:
        await self.turns.turn()
        return await super().delete_all(tenant, user)


class SteppedLogins(LoginStore):
    """Takes a turn before a claim and before hand-offs are forgotten."""

    turns: Turns

    async def claim(self, *arguments: Any) -> Any:
        await self.turns.turn()
        return await super().claim(*arguments)

    async def forget(self, tenant: str, user: str) -> None:
        await self.turns.turn()
        await super().forget(tenant, user)


async def race(database: Database, seed: int) -> list[Any]:
    """Race two sign-ins, begun before, with a sign-out; return the results of the sign-ins."""
    store, attempts_store = SteppedSessions(database, VAULT), SteppedLogins(database, VAULT)
    store.turns = attempts_store.turns = turns = Turns(seed)
    sessions, attempts = Sessions(store, utc_now, NO_AUDIT), Attempts(attempts_store, utc_now)
    handoff = Handoff(attempts, url="https://host.example", public_url="", audit=NO_AUDIT)
    logins = Logins(
        method=None,
        handoff=handoff,
        sessions=sessions,
        attempts=attempts,
        flows=FlowStore(database, VAULT),
        grants=GrantStore(database),
    )
    person: dict[str, Any] = {"tenant": "default", "user": f"user-{seed}"}
    departure = await handoff.begin("/dashboard/connectors")
    challenge = departure.url.partition("login_challenge=")[2]
    accepted = await handoff.accept(challenge, **person)
    query = accepted.return_url.partition("?")[2].encode()

    async def arrive() -> None:
        arrival = await handoff.finish(query, lambda name: departure.cookie.reveal())
        await sessions.begin(**person, began=arrival.began)

    *ended, _ = await turns.run(
        arrive(), sessions.begin(**person, began=utc_now()), logins.sign_out_everywhere(**person)
    )
    return ended


@pytest.mark.requirement("G1")
async def test_no_session_is_left_after_500_raced_sign_outs(database: Database) -> None:
    """A session that is stored after the others were deleted was left before."""
    results = []
    with anyio.fail_after(300):
        for seed in range(RACES):
            results += await race(database, seed)
    assert await database.collection("sessions").find({}) == []
    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(error) for error in refused} <= {*LoginError.__subclasses__()}
    assert 0 < len(refused) < len(results)  # both orders came up


async def test_sign_in_that_begins_after_the_sign_out_gets_its_session(database: Database) -> None:
    sessions = Sessions(SessionStore(database, VAULT), utc_now, NO_AUDIT)
    await sessions.end_all(tenant="default", user="alice")
    await anyio.lowlevel.checkpoint()
    cookie = await sessions.begin(tenant="default", user="alice")
    assert await sessions.find(cookie.reveal()) is not None
    await sessions.begin(tenant="default", user="bob")
    await sessions.begin(tenant="other", user="alice")
    assert await sessions.end_all(tenant="default", user="alice") == 1
