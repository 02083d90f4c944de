"""``python -m gateway connectors …`` in this process, far from any ``.env.local``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from gateway.__main__ import main


class RunConnectors(Protocol):
    """Run a command, and return its exit code and output."""

    def __call__(
        self, *arguments: str, env: Mapping[str, str] = ..., folder: Path | None = ...
    ) -> CompletedProcess[str]: ...


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run_connectors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> RunConnectors:
    """Runs the commands; ``folder`` is what ``GATEWAY_CONNECTORS_PATH`` names."""

    def run(
        *arguments: str, env: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> CompletedProcess[str]:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            if folder is not None:
                patch.setenv("GATEWAY_CONNECTORS_PATH", str(folder))
            code = main(["connectors", *arguments])
        return CompletedProcess(arguments, code, *capsys.readouterr())

    return run
