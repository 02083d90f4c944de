"""``gateway serve`` and ``gateway dev``: settings with which they do not start."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from gateway.__main__ import main


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_mode_refuses_a_sandbox(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_SANDBOX", "http://localhost:1")
    assert main([command]) == 1
    assert "GATEWAY_SANDBOX can be set in dev mode only" in capsys.readouterr().err


def test_sandbox_runs_in_dev_mode_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://gateway.example.com")
    monkeypatch.setenv("GATEWAY_MONGODB_URL", "mongodb://localhost:1")
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", "k1:" + "A" * 43 + "=")
    assert main(["sandbox"]) == 1
    assert "the sandbox runs in dev mode only" in capsys.readouterr().err


def test_dev_names_a_port_that_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_MODE", "dev")  # as the command does, so that it is undone
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("GATEWAY_PORT", str(port))
        assert main(["dev"]) == 1
    assert f"port {port} is taken: set GATEWAY_PORT" in capsys.readouterr().err
