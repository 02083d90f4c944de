"""Run the contract of a connector against its mutants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.mutants.answers import watch
from gateway.testing.mutants.mutant import SIDES, Mutant, Side, mutants_of
from gateway.testing.runner import Workshop
from gateway.testing.subject import Subject, expect

BY_THE_RULES = "rules"
"""Killed by the vocabulary itself: such a description cannot be made."""
WIRE = ("journey", "refusals", "economy")
"""The sections that run requests against the simulated provider, and judge the outcome."""
RECORD = ("record",)
"""The comparison of the requests and answers with the reviewed record of them."""
LITERAL = (BY_THE_RULES, "samples", "description")
"""The sections that compare a description with its rules, and with the author's literals."""
_CHANGES_LIFETIMES = "a scope that the person refuses is noticed"
"""It changes the sandbox's rules, as economy does: such answers are not the provider's."""
_FIRST = 4
"""How many checks of the journey a mutant meets before the record: those that killed last."""


@dataclass
class Score:
    """The mutants of one side: how many each section killed, and the survivors."""

    connector: str
    side: Side
    killed: Counter[str] = field(default_factory=Counter)
    survivors: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All mutants."""
        return self.killed.total() + len(self.survivors)

    def killed_by(self, sections: Sequence[str]) -> int:
        """How many mutants these sections killed."""
        return sum(self.killed[section] for section in sections)

    def as_json(self) -> dict[str, Any]:
        """The score for programs."""
        return {
            "connector": self.connector,
            "side": self.side,
            "mutants": self.total,
            "on_the_wire": self.killed_by(WIRE),
            "by_record": self.killed_by(RECORD),
            "by_literal": self.killed_by(LITERAL),
            "killed": dict(self.killed),
            "survivors": self.survivors,
        }


def try_mutants(subject: Subject, neighbours: Sequence[Subject], workshop: Workshop) -> list[Score]:
    """Run the contract of ``subject`` against the mutants of both sides.

    Raises:
        ContractViolation: The connector itself breaks its contract, which would kill any mutant.
    """
    checks = [check for check in CHECKS if check.name not in subject.expectations.gaps]
    watched = replace(subject, provider=watch(subject.provider))
    for check in checks:
        changes_rules = check.section == "economy" or check.name == _CHANGES_LIFETIMES
        failure = workshop.failure(check, subject if changes_rules else watched)
        expect(failure is None, f"{subject.name} breaks its contract: {check.name}: {failure}")
    order = _Order(checks)
    # Made before the first trial, which would add answers to the functions that are watched.
    mutants = {side: list(mutants_of(watched, side, neighbours)) for side in SIDES}
    scores = []
    for side in SIDES:
        score = Score(subject.name, side)
        for mutant in mutants[side]:
            section = _killed_by(mutant, order, workshop)
            if section is None:
                score.survivors.append(f"{mutant.field}: {mutant.what}")
            else:
                score.killed[section] += 1
        scores.append(score)
    return scores


def _killed_by(mutant: Mutant, order: _Order, workshop: Workshop) -> str | None:
    if mutant.subject is None:
        return BY_THE_RULES
    for check in order:
        if workshop.failure(check, mutant.subject) is not None:
            order.has_killed(check)
            return check.section
    return None


class _Order:
    """The checks in the order of their trial, so that most mutants die early.

    A mutant meets the checks of the journey that killed last, then the quick ones (record and
    literals), then the rest. So the journey counts what it can kill, and a run takes minutes.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self._journey = [check for check in checks if check.section == "journey"]
        self._quick = [check for check in checks if check.section in (*RECORD, *LITERAL)]
        self._quick.sort(key=lambda check: check.section not in RECORD)
        self._slow = [check for check in checks if check.section in ("refusals", "economy")]

    def __iter__(self) -> Iterator[Check]:
        journey = list(self._journey)
        return chain(journey[:_FIRST], self._quick, journey[_FIRST:], self._slow)

    def has_killed(self, check: Check) -> None:
        """Let a check of the journey be the first."""
        if check in self._journey:
            self._journey.remove(check)
            self._journey.insert(0, check)
