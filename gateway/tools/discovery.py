"""What a user can call: each tool with what its next call would meet, and the accounts behind them.

A requirement is judged once for all tools that have it, by ``gateway.services.availability``, and
policies are cached: the number of queries does not depend on the number of tools.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from connectors.catalog import Catalog
from connectors.errors import ConnectorError
from connectors.tooling import Needs, NeedsSecret
from gateway.errors import (
    ConnectionIncomplete,
    ConnectorRequired,
    GatewayError,
    InvalidRequest,
    NewerRow,
    ReauthorizationRequired,
    RowUnreadable,
    ScopesRequired,
)
from gateway.services.availability import Answer, Availability, Reach
from gateway.services.states import State
from gateway.store.connection import Connection
from gateway.store.owners import PLATFORM
from gateway.tools.gate import Policies, Verdict
from gateway.tools.registry import Registry, Tool
from gateway.tools.search import SearchIndex

Need = Needs | NeedsSecret
MOST_OWN = 200
"""The most tenants whose own tools have an index in memory."""


class Reason(StrEnum):
    """Why a call would not simply run. With ``approval_required`` the tool is available."""

    CONNECTOR_REQUIRED = "connector_required"
    SCOPES_REQUIRED = "scopes_required"
    REAUTHORIZATION_REQUIRED = "reauthorization_required"
    BLOCKED = "blocked"
    APPROVAL_REQUIRED = "approval_required"


REMEDIED_BY_CONNECTING = frozenset(
    {Reason.CONNECTOR_REQUIRED, Reason.SCOPES_REQUIRED, Reason.REAUTHORIZATION_REQUIRED}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmet:
    """A requirement that is not met: what its token read would get, its error, and the reason."""

    need: Need
    answer: Answer
    error: GatewayError | ConnectorError
    reason: Reason


class Finding(NamedTuple):
    """A tool for a user. ``unmet`` are its requirements that are not met, in its own order.

    ``score`` says how well it fits the words of a query: 0 without one.
    """

    tool: Tool
    unmet: tuple[Unmet, ...]
    verdict: Verdict
    score: float = 0.0

    @property
    def is_blocked(self) -> bool:
        """Whether a policy never lets it run."""
        return self.verdict.decision == "block"

    @property
    def available(self) -> bool:
        """Whether its call would run, perhaps after an approval."""
        return not self.unmet and not self.is_blocked

    @property
    def reason(self) -> Reason | None:
        """What its call would meet first: the policy, then the requirements, then the approval."""
        if self.is_blocked:
            return Reason.BLOCKED
        if self.unmet:
            return self.unmet[0].reason
        return Reason.APPROVAL_REQUIRED if self.asks else None

    @property
    def asks(self) -> bool:
        """Whether a person has to approve each call of it."""
        return self.verdict.decision == "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The tools that are asked for. ``within`` are the connectors that the caller reaches."""

    query: str | None = None
    connector: str | None = None
    effect: str | None = None
    within: Collection[str] | None = None

    def has(self, tool: Tool) -> bool:
        """Whether the tool is one of them, apart from the words of the query."""
        return (
            (self.effect is None or tool.effect == self.effect)
            and (self.connector is None or self.connector in tool.connectors)
            and (self.within is None or set(tool.connectors) <= set(self.within))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A linked account that calls can use. ``title`` is its connector's name for people."""

    title: str
    connection: Connection
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class _Static:
    """What is the same for all users: the tools, their requirements by number, and their words."""

    tools: Sequence[Tool]
    needs: Sequence[tuple[Need, ...]]
    need_of: Sequence[int]
    index: SearchIndex


class Discovery:
    """Tells users what they can call."""

    def __init__(
        self,
        *,
        registry: Registry,
        catalog: Catalog,
        availability: Availability,
        policies: Policies,
    ) -> None:
        self._registry = registry
        self._catalog = catalog
        self._availability = availability
        self._policies = policies
        self._known = _Static((), (), (), SearchIndex([]))
        self._own_parts: OrderedDict[int, tuple[Mapping[str, Tool], _Static]] = OrderedDict()
        """By the identity of the mapping, which is kept beside it."""

    async def look(self, tenant: str, user: str) -> View:
        """Read what a user has: by at most four queries, however many tools there are."""
        tools = await self._registry.of(tenant, user)
        reach = await self._availability.read(tenant, user)
        return View(
            tenant,
            user,
            reach=reach,
            parts=[self._static(), *([self._own(tools.own)] if tools.own else [])],
            policies=self._policies,
            title=self._catalog.display_name,
        )

    def _static(self) -> _Static:
        tools = self._registry.tools()
        if tools != self._known.tools:
            self._known = self._indexed(tools)
        return self._known

    def _own(self, tools: Mapping[str, Tool]) -> _Static:
        """Return the same for the tools that a tenant added; the newest few are kept."""
        kept = self._own_parts.pop(id(tools), None)
        if kept is None or kept[0] is not tools:
            kept = tools, self._indexed([tools[name] for name in sorted(tools)])
        self._own_parts[id(tools)] = kept
        if len(self._own_parts) > MOST_OWN:
            self._own_parts.popitem(last=False)
        return kept[1]

    def _indexed(self, tools: Sequence[Tool]) -> _Static:
        numbers: dict[tuple[Need, ...], int] = {}
        need_of = [numbers.setdefault(tool.needs, len(numbers)) for tool in tools]
        index = SearchIndex(self._texts(tool) for tool in tools)
        return _Static(tools, list(numbers), need_of, index)

    def _texts(self, tool: Tool) -> list[tuple[str, float]]:
        """Return the texts that a search compares, with their weights."""
        names = " ".join([*tool.connectors, *map(self._catalog.display_name, tool.connectors)])
        examples = " ".join(str(value) for each in tool.examples for value in each.values())
        arguments = " ".join(tool.input_schema.get("properties", ()))
        return [
            (tool.name.replace("_", " "), 4.0),
            (names, 2.0),
            (tool.description, 2.0),
            (arguments.replace("_", " "), 0.5),
            (examples, 0.5),
        ]


class View:
    """The accounts of a user, and their state, at one moment."""

    def __init__(
        self,
        tenant: str,
        user: str,
        *,
        reach: Reach,
        parts: Sequence[_Static],
        policies: Policies,
        title: Callable[[str], str],
    ) -> None:
        self._tenant = tenant
        self._user = user
        self._reach = reach
        self._parts = parts
        self._policies = policies
        self._title = title

    async def find(self, wanted: Wanted) -> list[Finding]:
        """Return the tools that are asked for, the best first.

        Without a query they are in the order of their names. Left out are
        the tools of connectors whose tools the organisation has switched off, and those that nobody
        here can ever use: neither connected nor connectable.
        """
        found: list[Finding] = []
        for part in self._parts:
            found += await self._find(part, wanted)
        if wanted.query is not None:
            return sorted(found, key=rank)
        is_sorted = len(self._parts) == 1
        return found if is_sorted else sorted(found, key=lambda each: each.tool.name)

    async def _find(self, static: _Static, wanted: Wanted) -> list[Finding]:
        scores = None if wanted.query is None else static.index.find(wanted.query)
        numbers = range(len(static.tools)) if scores is None else scores
        unmet: dict[int, tuple[Unmet, ...] | None] = {}
        everything = wanted == Wanted(query=wanted.query)
        chosen: list[int] = []
        for number in numbers:
            group = static.need_of[number]
            if not everything and not wanted.has(static.tools[number]):
                continue
            if group not in unmet:
                unmet[group] = await self._unmet(static.needs[group])
            if unmet[group] is not None:
                chosen.append(number)
        verdicts = await self._verdicts([static.tools[number] for number in chosen])
        return [
            # No other object is made for each tool: there may be very many.
            Finding(
                static.tools[number],
                unmet[static.need_of[number]] or (),
                verdict,
                0.0 if scores is None else scores[number],
            )
            for number in chosen
            if (verdict := verdicts[static.tools[number].name]).is_enabled
        ]

    async def of(self, tool: Tool) -> Finding | None:
        """Return what one tool's call would meet, ``None`` if nobody here can use it."""
        unmet = await self._unmet(tool.needs)
        verdict = (await self._verdicts([tool]))[tool.name]
        return None if unmet is None or not verdict.is_enabled else Finding(tool, unmet, verdict)

    async def accounts(self, within: Collection[str] | None = None) -> list[Account]:
        """Return the accounts that calls can use, of the connectors ``within``."""
        return [
            Account(
                title=self._title(each.connector),
                connection=each,
                state=await self._reach.state(each),
            )
            for each in self._reach.connections
            if within is None or each.connector in within
        ]

    async def _verdicts(self, tools: Sequence[Tool]) -> Mapping[str, Verdict]:
        return await self._policies.decide(self._tenant, self._user, tools)

    async def _unmet(self, needs: tuple[Need, ...]) -> tuple[Unmet, ...] | None:
        """Return the requirements that are not met; ``None`` if one of them is hidden."""
        found = []
        for need in needs:
            answer = await self._answer(need)
            if answer.is_hidden or isinstance(answer.error, InvalidRequest):
                return None  # also a credential that the platform does not have
            if answer.error is not None:
                found.append(
                    Unmet(need=need, answer=answer, error=answer.error, reason=_reason(answer))
                )
        return tuple(found)

    async def _answer(self, need: Need) -> Answer:
        if isinstance(need, NeedsSecret):
            return await self._reach.answer(need.connector, owner=PLATFORM)
        return await self._reach.answer(need.connector, need.scopes)


def rank(finding: Finding) -> tuple[float, str]:
    """Return the place of a tool in an answer: smaller ones come first."""
    return -finding.score, finding.tool.name


def _reason(answer: Answer) -> Reason:
    match answer.error:
        case ConnectorRequired():
            return Reason.CONNECTOR_REQUIRED
        case ScopesRequired():
            return Reason.SCOPES_REQUIRED
        case ReauthorizationRequired() | ConnectionIncomplete():
            return Reason.REAUTHORIZATION_REQUIRED
        case NewerRow():
            return Reason.BLOCKED  # another process can read it: connecting would replace it
        case RowUnreadable() if answer.connection is not None:
            return Reason.REAUTHORIZATION_REQUIRED
    return Reason.BLOCKED
