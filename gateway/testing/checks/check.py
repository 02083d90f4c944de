"""One thing that a contract demands of every connector."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

Section = Literal["description", "samples", "journey", "refusals", "economy", "record"]
_OnSubject = Callable[[Any], Awaitable[None]]
_OnWorkbench = Callable[[Any], Awaitable[None]]
"""A check takes the kind of subject and workbench that its contract has."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check by its name, a sentence. It raises ``ContractViolation``, or anything else, to fail.

    It is given the subject or, with ``on_workbench``, its own workbench, on which a provider
    has ``seconds`` to answer (``None``: as in production). In an ``unusual`` check the provider's
    functions meet arguments that no real consent leads to: no mutants are made from its answers.
    """

    section: Section
    name: str
    on_subject: _OnSubject | None = None
    on_workbench: _OnWorkbench | None = None
    seconds: float | None = None
    unusual: bool = False


class Checks(list[Check]):
    """The checks of one section, in the order in which they are defined."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section: Section = section

    def of_subject(self, name: str) -> Callable[[_OnSubject], None]:
        """A decorator: the function is a check that needs no wire."""

        def add(run: _OnSubject) -> None:
            self.append(Check(section=self.section, name=name, on_subject=run))

        return add

    def of_workbench(
        self, name: str, *, seconds: float | None = None, unusual: bool = False
    ) -> Callable[[_OnWorkbench], None]:
        """A decorator: the function is a check on the wire."""

        def add(run: _OnWorkbench) -> None:
            check = Check(
                section=self.section, name=name, on_workbench=run, seconds=seconds, unusual=unusual
            )
            self.append(check)

        return add
