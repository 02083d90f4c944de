"""What a call asks before it acts: the policy of its tool, and the gate before its request.

``gateway.tools.call`` is written against these; ``gateway.wiring`` puts the real ones in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.store.owners import OwnerKind
from gateway.tools.registry import Tool

Gate = Callable[[Any], Awaitable[None]]
"""Gets the request that goes out next, with placeholders for secrets; raises to stop it."""


class Verdict(Protocol):
    """What a policy says about a tool for a user."""

    @property
    def decision(self) -> str:
        """``auto``, ``ask`` or ``block``."""
        ...

    @property
    def is_enabled(self) -> bool:
        """Whether the tenant has the tool at all."""
        ...


class Policies(Protocol):
    """Decides what may happen when tools are called."""

    async def decide(self, tenant: str, user: str, tools: Sequence[Tool]) -> Mapping[str, Verdict]:
        """Return the verdict about each tool, by its name."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedCall:
    """A call of a tool that needs an approval, as its caller wrote it.

    ``approval`` is the id of one that was asked for before, ``wait_seconds`` how long the caller
    waits for a decision. ``goes_on``: a repeat sends no request again that has passed, so that a
    second request with an effect can ask, too.
    """

    tool: Tool
    arguments: Mapping[str, Any] = field(repr=False)
    tenant: str
    user: str
    owner: OwnerKind | None
    project: str | None
    key_id: str
    approval: str | None
    wait_seconds: float
    verdict: Verdict
    goes_on: bool = False


class Approvals(Protocol):
    """Makes the gate of a call whose tool is under ``ask``."""

    def gate(self, call: AskedCall) -> Gate:
        """Return what runs right before the call's request goes out.

        It raises ``ApprovalRequired`` unless a person has approved exactly that request.
        """
        ...
