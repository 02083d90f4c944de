"""Putting mutants before their contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.mutants.mutant import Mutant, mutants_of
from gateway.testing.runner import Workshop
from gateway.testing.subject import Subject, expect

BY_THE_RULES = "rules"
"""Killed by ``connectors.review`` already: such a description cannot be made."""


@dataclass
class Score:
    """What became of a connector's mutants: how many each section killed, and who survived."""

    connector: str
    killed: Counter[str] = field(default_factory=Counter)
    survivors: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All mutants."""
        return self.killed.total() + len(self.survivors)

    def as_json(self) -> dict[str, Any]:
        """The score for another process."""
        return {
            "connector": self.connector,
            "killed": dict(self.killed),
            "survivors": self.survivors,
        }


def try_mutants(subject: Subject, neighbours: list[Subject], workshop: Workshop) -> Score:
    """Run the contract of ``subject`` against each of its mutants.

    Raises ``ContractViolation`` if the connector itself does not hold it: it would kill anything.
    """
    for check in _checks(subject):
        failure = workshop.failure(check, subject)
        expect(
            failure is None, f"{subject.name} does not hold its contract: {check.name}: {failure}"
        )
    score = Score(subject.name)
    for mutant in _mutants(subject, neighbours):
        section = _killed_by(mutant, subject, workshop)
        if section is None:
            score.survivors.append(f"{mutant.field}: {mutant.what}")
        else:
            score.killed[section] += 1
    return score


def _mutants(subject: Subject, neighbours: list[Subject]) -> Iterator[Mutant]:
    return mutants_of(subject.config, [neighbour.config for neighbour in neighbours])


def _checks(subject: Subject) -> list[Check]:
    # The record would notice every change on the wire: it is a comparison with a copy.
    proof = (check for check in CHECKS if check.section != "record")
    return [check for check in proof if check.name not in subject.expectations.gaps]


def _killed_by(mutant: Mutant, subject: Subject, workshop: Workshop) -> str | None:
    if mutant.config is None:
        return BY_THE_RULES
    mutated = replace(subject, config=mutant.config)
    for check in _checks(subject):
        if workshop.failure(check, mutated) is not None:
            return check.section
    return None
