"""A provider with every kind of answer, callers, a clock and a failing database, in random order.

What the API and the dashboard say of a connection is what its next caller meets, and no grant is
lost that the provider still honours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectors.secret import Secret
from gateway.encryption.tokens import TokenSealer
from gateway.errors import ProviderError, ReauthorizationRequired, StoreUnavailable
from gateway.sandbox.wire import Incoming, Outcome
from gateway.services.states import State, is_over
from gateway.services.tokens import IssuedToken, Wanted
from gateway.settings.environment import Driver
from gateway.store import mongo
from gateway.store.connection import Connection, Status
from gateway.store.indexes import create_indexes
from gateway.store.mongo import open_database
from gateway.testing.workbench import Workbench, open_workbench
from gateway.web.pages import AccountView, account_view
from gateway.web.replies import ConnectionReply, connection_reply
from tests.faults.fleet import FULL, examples
from tests.support.subjects import subject_of
from tests.support.tokens import fingerprint

T = TypeVar("T")

WORKING = {Status.ACTIVE, Status.NEEDS_SCOPES}
JUMPS = (97, 1801, 3570, 3701)
"""Seconds. A token lives 3600 and is due 60 before its end."""

ANSWERS: dict[str, httpx.Response | None] = {
    "good": None,
    "odd": None,
    "lost": None,
    "silent": None,
    "refused": httpx.Response(400, json={"error": "invalid_request"}),
    "misconfigured": httpx.Response(401, json={"error": "invalid_client"}),
    "html": httpx.Response(400, html="<html>"),
    "busy": httpx.Response(429),
    "down": httpx.Response(503),
}
"""The answers of the token endpoint. A grant that was revoked is refused by the provider itself."""


class Outage:
    """Lets operations of the database fail: after ``skip`` more, the next ``count``."""

    def __init__(self) -> None:
        self.skip = self.count = 0
        self.acted = False
        """Whether an operation that fails was done nevertheless: only its answer is lost."""
        self._real = mongo._answer

    async def answer(self, awaitable: Awaitable[T]) -> T:
        """Take the place of ``mongo._answer``."""
        if self.count and not self.skip:
            self.count -= 1
            if self.acted:
                await self._real(awaitable)
            elif isinstance(awaitable, Coroutine):
                awaitable.close()
            else:
                asyncio.ensure_future(awaitable).cancel()
            raise StoreUnavailable
        self.skip = max(0, self.skip - 1) if self.count else 0
        return await self._real(awaitable)


OUTAGE = Outage()


class Shown(RuleBasedStateMachine):
    """One account of a person."""

    mongodb_url: ClassVar[str]
    connector: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        OUTAGE.count = OUTAGE.skip = 0
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.mode = "good"
        self.lost = self.revoked = False
        self.token: str | None = None
        self.outage = (0, 0, False)
        self.bench: Workbench = self.run(self._open())
        self.issue = self.bench.simulation.token
        self.bench.simulation.token = self.answer  # type: ignore[method-assign]

    async def _open(self) -> Workbench:
        database = await self.stack.enter_async_context(
            open_database(self.mongodb_url, "shown_state", Driver.PYMONGO)
        )
        await create_indexes(database)
        bench = open_workbench(subject_of(self.connector), database)
        return await self.stack.enter_async_context(bench)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in this machine's event loop."""
        return self.runner.run(work)

    def teardown(self) -> None:
        OUTAGE.count = 0
        self.run(self.stack.aclose())
        self.runner.close()

    def answer(self, incoming: Incoming) -> Outcome:
        """Answer at the token endpoint as the provider does today."""
        if self.mode == "silent":
            raise httpx.ReadTimeout("silence")
        outcome = self.issue(incoming)
        if self.mode == "lost":
            self.lost = True
            raise httpx.ReadError("the answer is lost")
        if self.mode == "withheld" and isinstance(outcome.body, dict):
            body = {k: v for k, v in outcome.body.items() if k != "refresh_token"}
            return replace(outcome, body=body)
        if self.mode == "odd" and isinstance(outcome.body, dict):
            odd: dict[str, Any] = {"error": None, "expires_at": "soon", "token_type": 7, "x": [{}]}
            return replace(outcome, body=outcome.body | odd)
        return outcome

    # What is said.

    def stored(self) -> Connection:
        """Return the connection as it is stored."""
        (only,) = self.run(self.bench.connections())
        return only

    def refresh_token(self) -> Secret | None:
        """Return the stored refresh token."""
        sealer: TokenSealer = self.bench.core.refresher._parts.sealer
        return sealer.refresh_token(self.stored())

    def shown(self) -> State:
        """Return the state, and check that API and dashboard say the same."""
        stored = self.stored()
        state = self.run(self.bench.core.states.of(stored))
        reply: ConnectionReply = connection_reply(stored, state)
        given: Any = SimpleNamespace(states=self.bench.core.states, clock=self.bench.clock)
        card: AccountView = self.run(account_view(given, stored, "Acme"))
        assert reply.status == card.status == state.status
        assert reply.status_reason == state.reason
        assert (card.status_text == "Working") == (reply.status == "active")
        assert (card.renewal is not None) == (not state.is_renewed)
        assert card.renewal != ""
        assert card.can_reconnect == (reply.action == "reconnect")
        assert reply.action is not None or reply.status == "active"
        return state

    # What callers meet.

    def ask(self, **wanted: Any) -> IssuedToken | Exception:
        """Ask for a token, and compare the answer with what was said before and is said after."""
        before, asked = self.shown(), self.bench.token_requests
        was_over = is_over(self.stored(), self.bench.clock())
        OUTAGE.skip, OUTAGE.count, OUTAGE.acted = self.outage
        plain, fails = not wanted, OUTAGE.count > 0
        answer = self.run(self._ask(wanted))
        self.outage, OUTAGE.count = (0, 0, False), 0
        after = self.shown()
        if before.status is Status.NEEDS_REAUTH:
            assert isinstance(answer, ReauthorizationRequired | StoreUnavailable), answer
            assert fails or isinstance(answer, ReauthorizationRequired)
            assert self.bench.token_requests == asked, "the provider is asked about a dead grant"
            assert after.status is before.status
            assert after.since == before.since
        elif before.status in WORKING and plain and not was_over and not fails:
            dead = self.revoked or self.lost
            assert isinstance(answer, IssuedToken) or (
                dead and isinstance(answer, ReauthorizationRequired)
            ), answer
        if isinstance(answer, IssuedToken):
            assert after.status in WORKING
            self.token = answer.access_token.reveal()
        elif isinstance(answer, ReauthorizationRequired) and not fails:
            assert after.status is Status.NEEDS_REAUTH or wanted.get("force")
            assert answer.connection == self.stored().id
        elif isinstance(answer, ProviderError) and plain and not fails:
            assert after.status is Status.NOT_RENEWED
            assert after.reason is not None
        if before.status is after.status and before.reason and after.reason:
            assert before.since == after.since, "the beginning of a failure is forgotten"
        return answer

    async def _ask(self, wanted: dict[str, Any]) -> IssuedToken | Exception:
        bench = self.bench
        request = Wanted(
            connector=bench.subject.name, tenant=bench.tenant, user=bench.user, **wanted
        )
        try:
            return await bench.core.tokens.get(request)
        except (ReauthorizationRequired, ProviderError, StoreUnavailable) as error:
            return error
        finally:
            await bench.core.refresher.close()

    # Events.

    @initialize()
    def connect_first(self) -> None:
        """The person connects."""
        self.run(self.bench.connect())

    @rule(withheld=st.booleans())
    def connect_again(self, withheld: bool) -> None:
        """The person connects again; the provider may issue no refresh token this time."""
        mode, kept = self.mode, self.refresh_token() is not None
        kept = kept and withheld and self.stored().status is not Status.NEEDS_REAUTH
        self._say(mode="withheld" if withheld else "good")
        self.run(self.bench.connect())
        self._say(mode=mode)
        assert (self.refresh_token() is None) == (withheld and not kept)
        if not kept:
            self.lost = self.revoked = False
        assert self.shown().status is Status.ACTIVE

    def _say(self, *, mode: str) -> None:
        self.mode = mode
        self.bench.transport.replaced.pop("token", None)
        answer = ANSWERS.get(mode)
        if answer is not None:
            self.bench.transport.replace("token", answer)

    @rule(mode=st.sampled_from(sorted(ANSWERS)))
    def provider_answers(self, mode: str) -> None:
        """The token endpoint answers differently from now on."""
        self._say(mode=mode)

    @rule()
    def revoke(self) -> None:
        """The person removes the app at the provider."""
        ledger = self.bench.simulation.ledger
        for grant in list(ledger.grants.values()):
            ledger.revoke(grant, whole_account=False)
        self.revoked = True

    @rule(seconds=st.sampled_from(JUMPS))
    def jump(self, seconds: int) -> None:
        """The clock jumps."""
        self.bench.clock.advance(seconds=seconds)
        self.shown()

    @rule()
    def cool_down_ends(self) -> None:
        """The time passes during which nobody asks the provider."""
        rows = self.bench.database.collection("connections")
        mine = {"tenant": self.bench.tenant}
        self.run(rows.update_many(mine, {"$set": {"refresh.not_before": None}}))
        self.bench.provider.outbound.bulkhead._breakers.clear()

    @rule(skip=st.integers(0, 8), count=st.integers(1, 4), acted=st.booleans())
    def database_fails(self, skip: int, count: int, acted: bool) -> None:
        """A few operations fail during the next call."""
        self.outage = skip, count, acted

    @rule()
    def read(self) -> None:
        """A tool asks for a token."""
        self.ask()

    @rule(mode=st.sampled_from(sorted(ANSWERS)))
    def read_after_expiry(self, mode: str) -> None:
        """The token ends while the provider answers like this, and a tool asks."""
        self._say(mode=mode)
        self.jump(JUMPS[-1])
        self.cool_down_ends()
        self.ask()

    @rule()
    def read_for_long(self) -> None:
        """A tool asks for a token with a long life."""
        self.ask(min_seconds=3000)

    @rule()
    def refresh(self) -> None:
        """A tool forces a refresh."""
        self.ask(force=True)

    @precondition(lambda self: self.token is not None)
    @rule()
    def report(self) -> None:
        """A tool reports its token as refused."""
        assert self.token is not None
        reported = self.token
        answer = self.ask(rejected_token_sha256=fingerprint(reported))
        if isinstance(answer, IssuedToken):
            assert answer.access_token.reveal() != reported

    @rule()
    def read_together(self) -> None:
        """Several tools ask at once."""
        before = self.shown()

        async def together() -> list[IssuedToken | Exception]:
            return await asyncio.gather(*(self._ask({}) for _ in range(3)))

        answers = self.run(together())
        kinds = {type(answer) for answer in answers}
        assert len({isinstance(answer, IssuedToken) for answer in answers}) == 1, kinds
        if before.status is Status.NEEDS_REAUTH:
            assert kinds == {ReauthorizationRequired}

    # Invariants.

    @invariant()
    def no_living_grant_is_lost(self) -> None:
        """A refresh token that the provider takes is stored, and nobody has to reconnect."""
        stored, refresh_token = self.stored(), self.refresh_token()
        if refresh_token is None:
            return  # none was issued: ``connect_again`` has checked that
        ledger = self.bench.simulation.ledger
        known = ledger.refresh_tokens[refresh_token.reveal()]
        lives = not known.used and not ledger.grants[known.grant].revoked
        assert lives or self.lost or self.revoked, "a refresh token is lost"
        if lives:
            assert stored.status is not Status.NEEDS_REAUTH, "a living grant is given up"

    @invariant()
    def events_say_the_same(self) -> None:
        """The newest event that waits for webhooks has the stored status."""
        rows = self.bench.database.collection("connections")
        row = self.run(rows.find_one({"tenant": self.bench.tenant}))
        assert row is not None
        assert row["outbox"][-1]["status"] == row["status"]


@pytest.mark.parametrize("connector", ["google", "airtable"])
def test_what_is_said_is_what_the_next_caller_meets(
    connector: str, mongodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider whose refresh tokens can be used again, and one that rotates them strictly."""
    monkeypatch.setattr(mongo, "_answer", OUTAGE.answer)
    monkeypatch.setattr("gateway.services.outage.RETRY_SECONDS", 0.0)
    machine: Any = type("Here", (Shown,), {"mongodb_url": mongodb_url, "connector": connector})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(150) if FULL else 20,
            stateful_step_count=25,
            suppress_health_check=[*HealthCheck],
        ),
    )
