"""Where checks run: failures come as words, and nothing is left when it closes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.dev.mongod import running_mongod
from gateway.errors import SettingsError, TokenRejected
from gateway.testing import runner as module
from gateway.testing.checks.check import Check
from gateway.testing.runner import Workshop
from gateway.testing.subject import ContractViolation, Subject
from gateway.testing.workbench import Workbench
from tests.support.subjects import subject_of


@pytest.fixture
def fresh() -> Iterator[Workshop]:
    """A workshop of one test's own, without a database so far."""
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


async def _nothing(bench: Workbench) -> None:
    """Holds."""


def test_without_a_database_nothing_is_found_out_about_a_connector(
    fresh: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open gap would stay open, and every mutant would count as killed."""

    def missing(folder: Path) -> AbstractContextManager[str]:
        raise SettingsError("No MongoDB found.")

    monkeypatch.setattr(module, "running_mongod", missing)
    check = Check(section="journey", name="it", on_workbench=_nothing)
    for attempt in (fresh.failure, fresh.run):
        with pytest.raises(SettingsError, match="No MongoDB found"):
            attempt(check, subject_of("google"))
    assert fresh.failure(raising(None), subject_of("google")) is None


def test_it_starts_one_database_server_and_takes_it_along(
    fresh: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[int, Path]] = []

    @contextmanager
    def noted(folder: Path) -> Iterator[str]:
        with running_mongod(folder) as url:
            with MongoClient[dict[str, Any]](url) as client:
                started.append((client.admin.command("serverStatus")["pid"], folder))
            yield url

    monkeypatch.setattr(module, "running_mongod", noted)
    check = Check(section="journey", name="it", on_workbench=_nothing)
    for name in ("google", "notion"):
        fresh.run(check, subject_of(name))
    ((pid, folder),) = started
    os.kill(pid, 0)  # it runs
    assert folder.is_dir()
    fresh.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()
    fresh.close()  # it may be closed again
