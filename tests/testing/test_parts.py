"""A run of CI tries a part of what is repeated: all parts together are the whole."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from gateway.testing.mutants.chosen import PARTS as MUTANTS
from tests.attacks.weakened import PARTS as ATTACKS
from tests.faults.fleet import PARTS as FAULTS
from tests.support.parts import part_of

RUN = Path(__file__).parents[2] / ".ci" / "run"


@pytest.mark.parametrize("count", [0, 1, 3, 10, 100])
def test_the_parts_are_the_whole(count: int) -> None:
    items = range(count)
    found = [part_of(items, part, 3) for part in (1, 2, 3)]
    assert sorted(chain(*found)) == part_of(items, 0, 3) == [*items]
    assert max(map(len, found)) - min(map(len, found)) <= 1


@pytest.mark.parametrize("part", [-1, 4])
def test_a_part_that_does_not_exist_is_not_an_empty_one(part: int) -> None:
    with pytest.raises(ValueError, match=f"no part {part} of 3"):
        part_of(range(10), part, 3)


def test_the_numbers_of_ci_lead_to_every_part_in_every_combination() -> None:
    """Else a mutant or an attack would never meet CI, whatever the commit."""
    text = RUN.read_text(encoding="utf-8")
    (numbers,) = map(int, re.findall(r"% (\d+) \+ 1\)\)}", text))
    divisors = dict(re.findall(r"make (\w+) PART=\$\(\(\(number - 1\) % (\d+) \+ 1\)\)", text))
    parts = {"mutants": MUTANTS, "faults": FAULTS, "attacks": ATTACKS}
    assert {name: int(divisor) for name, divisor in divisors.items()} == parts
    chosen = {(number % MUTANTS, number % FAULTS) for number in range(numbers)}
    assert len(chosen) == MUTANTS * FAULTS
    assert FAULTS == ATTACKS
