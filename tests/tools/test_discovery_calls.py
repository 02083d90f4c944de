"""Discovery says of each tool what a call of it meets: accounts, refreshes, policies.

Accounts in all states, a provider that fails, rules of the organisation and of people, connectors
that are switched off: whatever they are, a call of the tool runs if discovery says so, and
otherwise meets just what it says.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from connectors.errors import ConnectorError
from gateway.errors import (
    ApprovalRequired,
    ConnectorRequired,
    CoolingDown,
    InvalidRequest,
    ProviderError,
    ReauthorizationRequired,
    ScopesRequired,
    ToolAnswerUnexpected,
    ToolBlocked,
    ToolRefused,
    UnknownTool,
)
from gateway.services.availability import Answer
from gateway.store.policies import Decision, PolicyRule
from gateway.tools.discovery import REMEDIED_BY_CONNECTING, Finding, Reason, Wanted
from gateway.tools.registry import Tool
from gateway.tools.result import ToolResult
from tests.tools.account_states import accounts, usually
from tests.tools.accounts_world import ANSWERS, BASE, CONNECTORS, HERE, Account
from tests.tools.calling_world import Caller, Met, open_caller
from tests.tools.schedules import FULL, Schedules, Step, run, steps

PATTERNS = ("*", "google_*", "gmail_*", "*_mail", "notion_*", "zendesk_*", "*_create_*", "openai_*")
CONNECT = (ConnectorRequired, ScopesRequired, ReauthorizationRequired)
"""The errors that send a person to connect something."""
TOLD = ("connector", "connection", "scopes", "reason", "owner")
"""Their attributes, which have to agree."""


@st.composite
def rules(draw: st.DrawFn) -> tuple[PolicyRule, ...]:
    """Few rules: of the tenant, of alice, and of others."""
    found = []
    for number in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        found.append(
            PolicyRule(
                id=f"rule-{number}",
                pattern=draw(st.sampled_from(PATTERNS)),
                decision=draw(st.sampled_from([Decision.ASK, Decision.ASK, Decision.BLOCK])),
                effect=draw(st.sampled_from([None, None, "read", "write", "destructive"])),
                user=draw(st.sampled_from([None, "alice", "bob"])),
            )
        )
    return tuple(found)


POLICIES = st.tuples(rules(), st.sampled_from([(), (), (), ("zendesk",), ("google", "openai")]))
STEPS = st.one_of(
    steps(),
    steps(),
    st.tuples(st.just("policies"), POLICIES),
    st.tuples(st.just("api"), st.sampled_from([200, 200, 401])),
)
TOOL = st.tuples(st.integers(0, 100), st.integers(0, 100))


class Calls(Schedules):
    """Asks discovery about tools, and calls them."""

    def __init__(self, mongodb_url: str, folder: Any) -> None:
        super().__init__()
        self.caller: Caller = self.open(open_caller(mongodb_url, "discovery_calls", folder))
        self.world = self.caller.world
        self.connected: list[str] = []
        """The connectors of the linked accounts."""
        self.seen: Counter[str] = Counter()
        """How often each pair of what was said and what was met came."""

    async def begin_with(self, stored: list[Account], policies: Any) -> None:
        """Begin anew, with another tenant."""
        self.connected = []
        await self.begin(stored)
        self.caller.api_status = 200
        if any(policies):
            await self.caller.set_policies(*policies)

    async def act(self, step: Step) -> None:
        """Let one thing happen."""
        if step[0] == "policies":
            await self.caller.set_policies(*step[1])
        elif step[0] == "api":
            self.caller.api_status = step[1]
        else:
            await super().act(step)

    async def link(self, account: Account, own: str | None = None) -> None:
        """Store an account."""
        await super().link(account, own)
        self.connected.append(account.connector)

    def tool(self, drawn: tuple[int, int]) -> Tool:
        """Return a tool, most often of a connector that somebody has connected."""
        names = [*self.connected * 4, *CONNECTORS]
        connector = names[drawn[0] % len(names)]
        tools = [each for each in self.caller.tools if connector in each.connectors]
        return tools[drawn[1] % len(tools)]

    async def ask(self, tool: Tool) -> tuple[Finding | None, list[Answer]]:
        """Return what discovery says of a tool, and of each of its requirements."""
        view = await self.caller.look()
        listed = await view.find(Wanted(connector=tool.connectors[0], effect=tool.effect))
        found = next((each for each in listed if each.tool is tool), None)
        assert found == await view.of(tool)
        return found, [await view._answer(need) for need in tool.needs]

    async def call(self, tool: Tool) -> tuple[Met, Finding | None, list[Answer]]:
        """Call a tool, and ask about it while the provider renews a token, if it does."""
        world = self.world
        world.gate.clear()
        world.asked.clear()
        call = asyncio.create_task(self.caller.call(tool))
        renews = asyncio.create_task(world.asked.wait())
        try:
            await asyncio.wait([call, renews], return_when=asyncio.FIRST_COMPLETED)
            during, answers = (None, []) if call.done() else await self.ask(tool)
        finally:
            renews.cancel()
            world.gate.set()
            met = await call
        return met, during, answers

    def problem(
        self, tool: Tool, said: Finding | None, answers: Sequence[Answer], met: Met
    ) -> str | None:
        """Return how the two differ, if they do."""
        if said is None:
            return None if self.is_hidden(answers, met) else f"said nothing, met {met!r}"
        self.seen[f"{said.reason or 'available'}: {_word(met)}"] += 1
        if said.is_blocked:
            return None if type(met) is ToolBlocked else f"said blocked, met {met!r}"
        for answer in answers:
            if answer.error is not None:
                return _difference(answer.error, met)
            if self.is_of_provider(answer, met):
                return None
        if said.asks:
            return None if isinstance(met, ApprovalRequired) else f"said it asks, met {met!r}"
        ran = isinstance(met, ToolResult | ToolAnswerUnexpected)
        refused = isinstance(met, ToolRefused) and self.caller.api_status == 401
        return None if ran or refused else f"said that it runs, met {met!r}"

    def is_hidden(self, answers: Sequence[Answer], met: Met) -> bool:
        """Whether a call of a tool that is not shown met what it should."""
        if isinstance(met, UnknownTool | ToolBlocked | ConnectorError | InvalidRequest):
            return True
        # One requirement can never be met; the call may have met another one first.
        first = next((each for each in answers if each.error is not None), None)
        is_never = any(each.is_hidden or isinstance(each.error, InvalidRequest) for each in answers)
        if not is_never or first is None or first.error is None:
            return False
        earlier = answers[: answers.index(first)]
        return _difference(first.error, met) is None or any(
            self.is_of_provider(each, met) for each in earlier
        )

    def is_of_provider(self, answer: Answer, met: Met) -> bool:
        """Whether the call met what only the provider of a working account can say."""
        connection, mode = answer.connection, self.world.mode
        assert connection is not None
        tokens, now = connection.tokens, self.world.clock()
        is_due = tokens.fresh_until is not None and tokens.fresh_until <= now
        if isinstance(met, ReauthorizationRequired):
            is_refused = is_due or self.caller.api_status == 401
            return mode == "over" and is_refused and met.connection == connection.id
        if isinstance(met, CoolingDown):
            return self.caller.api_status != 200
        if not isinstance(met, ProviderError):
            return False
        is_cooling = answer.state is not None and not answer.state.is_renewed
        is_over = tokens.expires_at is not None and tokens.expires_at <= now
        is_renewed = is_over or self.caller.api_status == 401
        return (is_renewed and mode != "good") or is_cooling


def _word(met: Met) -> str:
    if isinstance(met, ToolResult | ToolAnswerUnexpected):
        return "ran"
    return type(met).__name__


def _difference(said: Exception, met: Met) -> str | None:
    if type(met) is not type(said):
        return f"said {said!r}, met {met!r}"
    ours, theirs = vars(said), vars(met)
    if any(ours.get(name) != theirs.get(name) for name in TOLD):
        return f"said {ours}, met {theirs}"
    return None


@pytest.fixture(scope="module")
def calls(mongodb_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    opened = Calls(mongodb_url, tmp_path_factory.mktemp("several"))
    yield opened
    opened.close()


def test_what_is_said_of_a_tool_is_what_its_call_meets(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what is said while a token is renewed, and a call that a person has approved runs."""

    async def check(stored: list[Account], policies: Any, asked: list[Any]) -> None:
        await calls.begin_with(stored, policies)
        for step, drawn, approves in asked:
            await calls.act(step)
            tool = calls.tool(drawn)
            said, answers = await calls.ask(tool)
            met, during, then = await calls.call(tool)
            assert (problem := calls.problem(tool, said, answers, met)) is None, problem
            if during is not None:
                problem = calls.problem(tool, during, then, met)
                assert problem is None, f"while it is renewed: {problem}"
            if isinstance(met, CONNECT):
                after, _ = await calls.ask(tool)
                assert after is None or after.reason in REMEDIED_BY_CONNECTING
            if isinstance(met, ApprovalRequired) and approves:
                _, answers = await calls.ask(tool)
                again = await calls.caller.approve(tool, met)
                ran = isinstance(again, ToolResult | ToolAnswerUnexpected | ToolRefused)
                assert ran or any(calls.is_of_provider(each, again) for each in answers), again

    calls.seen.clear()
    run(
        check,
        calls,
        full=5_000,
        stored=st.lists(accounts(), max_size=5),
        policies=POLICIES,
        asked=st.lists(st.tuples(STEPS, TOOL, st.booleans()), min_size=1, max_size=4),
    )
    if FULL:
        for word in ("available: ran", *map(str, Reason)):
            assert any(each.startswith(word) for each in calls.seen), word
        with capsys.disabled():
            print(f"\n{sum(calls.seen.values())} calls of tools, and no wrong answer:")
            for pair, times in calls.seen.most_common():
                print(f"{times:7} {pair}")


def test_what_is_said_during_a_change_is_what_its_call_met_before_or_meets_after(
    calls: Calls,
) -> None:
    async def check(stored: list[Account], policies: Any, step: Step, drawn: Any) -> None:
        await calls.begin_with(stored, policies)
        tool = calls.tool(drawn)
        before = await calls.caller.call(tool)
        if step[0] in {"mode", "advance", "api"}:
            return
        (said, answers), _ = await asyncio.gather(calls.ask(tool), calls.act(step))
        after = await calls.caller.call(tool)
        problems = [calls.problem(tool, said, answers, met) for met in (before, after)]
        assert None in problems, problems

    run(
        check,
        calls,
        stored=st.lists(accounts(), max_size=4),
        policies=POLICIES,
        step=STEPS,
        drawn=TOOL,
    )


def test_a_healthy_account_is_never_told_to_connect(calls: Calls) -> None:
    """Whatever the token endpoint answers. The test makes the account healthy by itself."""

    async def check(connector: str, owner: str, mode: str, due: bool, policies: Any) -> None:
        healthy = Account(
            connector=connector,
            owner=owner,
            scopes=(*BASE.get(connector, ()), *_all_scopes(calls, connector)),
            life=30 if due else 3000,
            environment=HERE,
        )
        await calls.begin_with([healthy], policies)
        calls.world.mode = mode
        for name, found in (await calls.caller.found()).items():
            if found.tool.connectors == (connector,):
                assert found.reason not in REMEDIED_BY_CONNECTING, (name, found.unmet)
        tool = next(each for each in calls.caller.tools if each.connectors == (connector,))
        for _ in range(2):
            met, during, _ = await calls.call(tool)
            assert not isinstance(met, CONNECT) or (mode == "over" and due), met
            assert during is None or during.reason not in REMEDIED_BY_CONNECTING

    run(
        check,
        calls,
        full=500,
        connector=st.sampled_from(["google", "zendesk", "mailchimp", "notion"]),
        owner=st.sampled_from(["user", "org"]),
        mode=st.sampled_from(sorted(ANSWERS)),
        due=st.booleans(),
        policies=usually(
            ((), ()), (((PolicyRule(id="a", pattern="*", decision=Decision.ASK)),), ())
        ),
    )


def _all_scopes(calls: Calls, connector: str) -> list[str]:
    return [scope for each in calls.caller.tools for scope in each.scopes.get(connector, ())]
