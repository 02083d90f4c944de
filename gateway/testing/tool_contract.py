"""The contract of tools as a pytest class.

    class TestAcmeTools(ToolContract):
        connector = "acme"
        folder = Path(__file__).parents[1]

It runs the tools that need the connector against ``sandbox/api/<connector>.py``. What it needs to
know is in the tools' examples, whose ids are those of the simulated data.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from gateway.dev.mongod import temporary_mongod
from gateway.testing.subject import ContractViolation
from gateway.testing.tool_bench import ToolBench, open_tool_bench
from gateway.testing.tool_checks import (
    Proof,
    check_errors,
    check_examples,
    check_pages,
    prove_scopes,
)
from gateway.tools.registry import Tool

T = TypeVar("T")


class ToolWorkshop:
    """A bench that stays open for many checks. ``close`` stops its database and sandbox."""

    def __init__(self, folder: Path | None = None) -> None:
        self._runner = asyncio.Runner()
        self._stack = contextlib.ExitStack()
        url = self._stack.enter_context(temporary_mongod())
        self._opened = open_tool_bench(url, "tools", folder)
        self.bench: ToolBench = self._runner.run(self._opened.__aenter__())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work`` on the bench returns."""
        return self._runner.run(work)

    def problems(self, check: Callable[[ToolBench, Tool], AsyncIterator[T]], tool: Tool) -> list[T]:
        """Return everything that a check of one tool finds."""

        async def found() -> list[T]:
            return [each async for each in check(self.bench, tool)]

        return self.run(found())

    def tools(self, connector: str | None = None) -> list[Tool]:
        """Return the tools that need a connector, or all; raise ``ContractViolation`` for none.

        So does a file of tools that is hidden.
        """
        registry = self.bench.registry
        if problems := registry.problems():
            raise ContractViolation("; ".join(f"{f}: {why}" for f, why in problems.items()))
        found = [t for t in registry.tools() if connector is None or connector in t.connectors]
        if not found:
            raise ContractViolation(f"no tool needs {connector}")
        return found

    def close(self) -> None:
        """Stop everything."""
        # When the interpreter ends, threads are gone before we are asked.
        with contextlib.suppress(RuntimeError):
            self._runner.run(self._opened.__aexit__(None, None, None))
            self._runner.close()
        self._stack.close()


@cache
def tool_workshop(folder: Path | None = None) -> ToolWorkshop:
    """Return the workshop of this process for a folder, closed when the process ends."""
    opened = ToolWorkshop(folder)
    atexit.register(opened.close)
    return opened


class ToolContract:
    """Derive a class named ``Test…`` and name the connector.

    ``folder`` is where tools and connector live (laid out like ``connectors/``); ``None`` for those
    of this package.
    """

    connector: ClassVar[str]
    folder: ClassVar[Path | None] = None

    def test_examples_work_with_the_declared_scopes(self) -> None:
        """Every example works, and returns something."""
        self._hold(check_examples)

    def test_each_declared_scope_is_needed(self) -> None:
        """Without any one scope, the gateway refuses, and so does the provider."""
        proofs = [proof for proof in self._found(prove_scopes) if isinstance(proof, Proof)]
        if wrong := [proof for proof in proofs if not proof.holds]:
            raise ContractViolation("; ".join(map(str, wrong)))

    def test_pages_come_to_an_end(self) -> None:
        """The pages of each list hold each item once."""
        self._hold(check_pages)

    def test_errors_of_the_provider_are_typed(self) -> None:
        """An id that does not exist, and a busy provider, are errors with a code."""
        self._hold(check_errors)

    def _found(self, check: Callable[[ToolBench, Tool], AsyncIterator[Any]]) -> list[Any]:
        workshop = tool_workshop(self.folder)
        tools = workshop.tools(self.connector)
        return [each for tool in tools for each in workshop.problems(check, tool)]

    def _hold(self, check: Callable[[ToolBench, Tool], AsyncIterator[str]]) -> None:
        if problems := self._found(check):
            raise ContractViolation("; ".join(problems))
