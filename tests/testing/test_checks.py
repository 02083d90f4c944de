"""The list of checks is complete; ``test_checks_bite.py`` shows that each one can fail."""

from __future__ import annotations

from gateway.testing.checks import CHECKS
from tests.support.broken import BROKEN


def test_there_is_a_broken_connector_for_every_check() -> None:
    assert BROKEN.keys() == {check.name for check in CHECKS}


def test_every_check_has_a_name_of_its_own_and_one_thing_to_run() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert (check.on_subject is None) is not (check.on_workbench is None), check.name
