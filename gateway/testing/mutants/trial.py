"""Run the contract of a connector against its mutants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.catalog import CONNECTOR_CATALOG
from gateway.testing.checks import CHECKS, KEY_CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.contract import KeyContract
from gateway.testing.locate import find_contracts
from gateway.testing.mutants.answers import watch
from gateway.testing.mutants.mutant import SIDES, Mutant, Side, mutants_of
from gateway.testing.runner import AnySubject, Workshop, workshop
from gateway.testing.subject import ContractViolation, expect

BY_THE_RULES = "rules"
"""Killed by the vocabulary itself: such a description cannot be made."""
WIRE = ("journey", "refusals", "economy")
"""The sections that run requests against the simulated provider, and judge the outcome."""
RECORD = ("record",)
"""The comparison of the requests and answers with the reviewed record of them."""
LITERAL = (BY_THE_RULES, "samples", "description")
"""The sections that compare a description with its rules, and with the author's literals."""
SHARES = 4
"""The mutants of a connector are tried in so many shares where several processes take them."""
_SLOW = ("economy", "refusals")
_ORDER = ("journey", *RECORD, "samples", "description", *_SLOW)
"""The sections in the order of their trial: a mutant counts for the first that kills it."""
ORDER_IN_WORDS = (
    "A mutant counts for the first that kills it: the vocabulary's rules, the journey, the record, "
    "the samples, the description, the economy, the refusals. So the journey counts all that it "
    "can kill; the slow checks, the last two, count what nothing else kills."
)


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


def scores_of(name: str, folder: Path | None = None, share: int = 0) -> list[Score]:
    """Find a connector's contract, in ``folder`` if it is outside, and try its mutants.

    ``share`` is that of ``try_mutants``. Raises ``ContractViolation``.
    """
    if folder is not None and not (file := folder / "catalog" / f"{name}.py").is_file():
        raise ContractViolation(f"there is no connector {name}: {file} does not exist")
    # The neighbours are the connectors after it in the alphabet, and then those before it.
    names = sorted(other for other in CONNECTOR_CATALOG if other != name)
    neighbours = [other for other in names if other > name] + [o for o in names if o < name]
    known = [contract for other in neighbours for contract in find_contracts(other)]
    return [
        score
        for contract in find_contracts(name, folder)
        for score in try_mutants(
            contract.subject(),
            [other.subject() for other in known if other.checks == contract.checks],
            workshop(),
            share,
            KEY_CHECKS if issubclass(contract, KeyContract) else None,
        )
    ]


def try_mutants(
    subject: AnySubject,
    neighbours: Sequence[AnySubject],
    at: Workshop,
    share: int = 0,
    all_checks: Sequence[Check] | None = None,
) -> list[Score]:
    """Run the contract of ``subject`` against the mutants of both sides.

    Args:
        subject: The connector.
        neighbours: The connectors whose values it may be given, the first ones first.
        at: Where checks run.
        share: 0 for all mutants; 1 to ``SHARES`` for one of the shares, of about the same size.
        all_checks: The checks of its contract, if not those of a connector with OAuth.

    Raises:
        ContractViolation: The connector itself breaks its contract, which would kill any mutant.
    """
    checks = [
        check for check in all_checks or CHECKS if check.name not in subject.expectations.gaps
    ]
    watched = replace(subject, provider=watch(subject.provider))
    for check in checks:
        is_watched = check.section not in _SLOW and not check.unusual
        if share > 1 and not is_watched:
            continue  # the first share looks at it
        failure = at.failure(check, watched if is_watched else subject)
        expect(failure is None, f"{subject.name} breaks its contract: {check.name}: {failure}")
    # Made before the first trial, which would add answers to the functions that are watched.
    mutants = [mutant for side in SIDES for mutant in mutants_of(watched, side, neighbours)]
    in_order = sorted(checks, key=lambda check: _ORDER.index(check.section))
    scores = {side: Score(subject.name, side) for side in SIDES}
    for mutant in mutants[share - 1 :: SHARES] if share else mutants:
        score = scores[mutant.side]
        section = _killed_by(mutant, in_order, at)
        if section is None:
            score.survivors.append(f"{mutant.field}: {mutant.what}")
        else:
            score.killed[section] += 1
    return [*scores.values()]


def _killed_by(mutant: Mutant, in_order: list[Check], at: Workshop) -> str | None:
    if mutant.subject is None:
        return BY_THE_RULES
    for check in in_order:
        if at.failure(check, mutant.subject) is not None:
            # The next mutant meets it first in its section: neighbours often die of the same check.
            first = next(n for n, other in enumerate(in_order) if other.section == check.section)
            in_order.remove(check)
            in_order.insert(first, check)
            return check.section
    return None
