"""Where contracts are checked: one event loop for a whole process."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from connectors.errors import ConnectorError
from gateway.errors import GatewayError
from gateway.sandbox.functions import FunctionFailed
from gateway.testing.checks.check import Check
from gateway.testing.hasty import HastyLoop
from gateway.testing.key_observation import key_record
from gateway.testing.key_subject import KeySubject
from gateway.testing.memory import MemoryDatabase, NotInMemory
from gateway.testing.observation import record
from gateway.testing.subject import ContractViolation, Subject
from gateway.testing.workbench import Bench, open_key_workbench, open_workbench

_OURS = (ConnectorError, GatewayError)
AnySubject = Subject | KeySubject
"""A connector under the contract of either kind."""


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``reason`` is empty for ``ok``; ``error`` is what a check raised."""

    check: Check
    outcome: Literal["ok", "FAILED", "gap"]
    reason: str = ""
    error: Exception | None = None


class Workshop:
    """Runs checks, each on a database of its own in memory. Opened by ``workshop``."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=HastyLoop)

    def run(self, check: Check, subject: AnySubject) -> None:
        """Run one check. Raises ``ContractViolation`` if it fails; other errors are passed on."""
        self._runner.run(self._checked(check, subject))

    def finding(self, check: Check, subject: AnySubject) -> Finding:
        """Run one check and weigh it against the gaps of the contract: an open gap must fail."""
        gap = subject.expectations.gaps.get(check.name)
        error = self._error(check, subject)
        if error is None and gap is not None:
            return Finding(check, "FAILED", f'the gap "{check.name}" is closed: take it out')
        if error is None:
            return Finding(check, "ok")
        if gap is not None:
            return Finding(check, "gap", gap)
        return Finding(check, "FAILED", _in_words(error), error)

    def failure(self, check: Check, subject: AnySubject) -> str | None:
        """Why a check fails, ``None`` if it holds."""
        error = self._error(check, subject)
        return None if error is None else _in_words(error)

    def _error(self, check: Check, subject: AnySubject) -> Exception | None:
        try:
            self.run(check, subject)
        except NotInMemory:
            raise  # no finding about a connector: it would keep a gap open and kill every mutant
        except Exception as error:
            # A connector's code or a mutant may raise anything: a finding, and no crash of ours.
            return error
        return None

    def record(self, subject: AnySubject) -> str:
        """Observe the wire, as text for the file ``subject.record``."""
        return self._runner.run(self._recorded(subject))

    def close(self) -> None:
        """Stop everything."""
        self._runner.close()

    async def _checked(self, check: Check, subject: AnySubject) -> None:
        try:
            if check.on_subject is not None:
                await check.on_subject(subject)
            if check.on_workbench is not None:
                opened: AbstractAsyncContextManager[Bench] = (
                    open_key_workbench(subject, MemoryDatabase(), check.seconds)
                    if isinstance(subject, KeySubject)
                    else open_workbench(subject, MemoryDatabase(), check.seconds)
                )
                async with opened as bench:
                    await _on(bench, check.on_workbench)
        except FunctionFailed as error:
            raise ContractViolation(str(error)) from error
        except _OURS as error:
            raise ContractViolation(f"it fails with {type(error).__name__}: {error}") from error

    async def _recorded(self, subject: AnySubject) -> str:
        if isinstance(subject, KeySubject):
            return await key_record(subject, MemoryDatabase())
        return await record(subject, MemoryDatabase())


async def _on(bench: Bench, run: Callable[[Any], Awaitable[None]]) -> None:
    try:
        await run(bench)
    except _OURS as error:
        # People see an error of a connector's own code as an unreadable answer.
        if isinstance(error.__context__, FunctionFailed):
            raise error.__context__ from None
        text = f"it fails with {type(error).__name__}: {error}{bench.refusal()}"
        raise ContractViolation(text) from error


def _in_words(error: Exception) -> str:
    known = isinstance(error, ContractViolation)
    return str(error) if known else f"{type(error).__name__}: {error}"


@cache
def workshop() -> Workshop:
    """The workshop of this process, closed when it ends."""
    opened = Workshop()
    atexit.register(opened.close)
    return opened
