"""One thing that a contract demands of every connector."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from gateway.testing.subject import Subject
from gateway.testing.workbench import Workbench

Section = Literal["description", "samples", "journey", "refusals", "economy", "record"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check by its name, a sentence. It raises ``ContractViolation``, or anything else, to fail.

    It is given the subject or, with ``on_workbench``, its own workbench, on which a provider
    has ``seconds`` to answer (``None``: as in production).
    """

    section: Section
    name: str
    on_subject: Callable[[Subject], Awaitable[None]] | None = None
    on_workbench: Callable[[Workbench], Awaitable[None]] | None = None
    seconds: float | None = None


class Checks(list[Check]):
    """The checks of one section, in the order in which they are defined."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section: Section = section

    def of_subject(
        self, name: str
    ) -> Callable[[Callable[[Subject], Awaitable[None]]], Callable[[Subject], Awaitable[None]]]:
        """A decorator: the function is a check that needs no wire."""

        def add(run: Callable[[Subject], Awaitable[None]]) -> Callable[[Subject], Awaitable[None]]:
            self.append(Check(section=self.section, name=name, on_subject=run))
            return run

        return add

    def of_workbench(
        self, name: str, *, seconds: float | None = None
    ) -> Callable[[Callable[[Workbench], Awaitable[None]]], Callable[[Workbench], Awaitable[None]]]:
        """A decorator: the function is a check on the wire."""

        def add(
            run: Callable[[Workbench], Awaitable[None]],
        ) -> Callable[[Workbench], Awaitable[None]]:
            self.append(Check(section=self.section, name=name, on_workbench=run, seconds=seconds))
            return run

        return add
