"""Where checks run: failures come as words, and nothing is left when it closes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.errors import TokenRejected
from gateway.testing.checks.check import Check
from gateway.testing.memory import NotInMemory
from gateway.testing.runner import Workshop
from gateway.testing.subject import ContractViolation, Subject, expect
from gateway.testing.workbench import Workbench
from tests.support.subjects import subject_of


@pytest.fixture
def fresh() -> Iterator[Workshop]:
    """A workshop of one test's own."""
    opened = Workshop()
    yield opened
    opened.close()


def raising(error: Exception | None) -> Check:
    """A check that needs no wire and fails with ``error``."""

    async def run(subject: Subject) -> None:
        if error is not None:
            raise error

    return Check(section="description", name="it", on_subject=run)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, None),
        (ContractViolation("it is green"), "it is green"),
        (TokenRejected("no"), "it fails with TokenRejected: no"),
        (KeyError("sub"), "KeyError: 'sub'"),
    ],
)
def test_every_error_is_a_failure_in_words(
    fresh: Workshop, error: Exception | None, words: str | None
) -> None:
    assert fresh.failure(raising(error), subject_of("google")) == words


@pytest.mark.parametrize(
    ("error", "raised"), [(TokenRejected("no"), ContractViolation), (KeyError("sub"), KeyError)]
)
def test_a_run_raises_what_is_ours_as_a_violation_and_passes_on_the_rest(
    fresh: Workshop, error: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        fresh.run(raising(error), subject_of("google"))


def test_an_unknown_operation_of_the_database_is_no_finding_about_a_connector(
    fresh: Workshop,
) -> None:
    """An open gap would stay open, and every mutant would count as killed."""

    async def ask(bench: Workbench) -> None:
        await bench.database.collection("connections").aggregate([])

    check = Check(section="journey", name="it", on_workbench=ask)
    for attempt in (fresh.failure, fresh.run):
        with pytest.raises(NotInMemory):
            attempt(check, subject_of("google"))


def test_each_check_has_a_database_of_its_own(fresh: Workshop) -> None:
    async def connect(bench: Workbench) -> None:
        await bench.connect()
        found = await bench.database.collection("connections").find({})
        expect(len(found) == 1, f"there are {len(found)}")

    check = Check(section="journey", name="it", on_workbench=connect)
    assert [fresh.failure(check, subject_of(name)) for name in ("google", "google")] == [None] * 2


def test_it_may_be_closed_again(fresh: Workshop) -> None:
    fresh.run(raising(None), subject_of("google"))
    fresh.close()
    fresh.close()
