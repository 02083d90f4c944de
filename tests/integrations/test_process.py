"""The process that reads what strangers wrote: what it has, what it cannot do, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.errors import IntegrationRefused
from gateway.integrations.process import ask

READERS = {
    "show": "import json, os, sys; print(json.dumps({'env': dict(os.environ), 'argv': sys.argv}))",
    "wait": "import os, sys, pathlib; pathlib.Path('pid').write_text(str(os.getpid()))\n"
    "print('x', file=sys.stderr, flush=True)\nwhile True: pass",
    "refuse": 'print(\'{"refused": {"code": "odd", "reason": "it is odd"}}\')',
    "hog": "from gateway.integrations.process import confine\n"
    "confine(seconds=5, memory=200 * 2**20); x = bytearray(250 * 2**20); print('{}')",
    "spin": "from gateway.integrations.process import confine\n"
    "confine(seconds=1, memory=200 * 2**20)\nwhile True: pass",
}


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Readers of this test, in a folder where the gateway can be imported, too."""
    (tmp_path / "gateway").symlink_to(Path("gateway").resolve())
    (tmp_path / "connectors").symlink_to(Path("connectors").resolve())
    for name, code in READERS.items():
        (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.setattr("gateway.integrations.process._ROOT", tmp_path)
    return tmp_path


async def test_it_has_neither_the_secrets_nor_the_address(
    readers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTH_ANY_CLIENT_SECRET", "canary")
    said = await ask("show", {"url": "https://a.example/canary"}, b"canary", deadline=20)
    assert "canary" not in json.dumps(said)
    assert said["argv"]


async def test_its_refusal_is_told(readers: Path) -> None:
    with pytest.raises(IntegrationRefused, match="it is odd") as refused:
        await ask("refuse", {}, b"", deadline=20)
    assert refused.value.code == "odd"


@pytest.mark.parametrize("reader", ["hog", "spin", "no_such_reader"])
async def test_one_that_ends_without_an_answer_is_a_refusal(readers: Path, reader: str) -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await ask(reader, {}, b"", deadline=30)
    assert refused.value.code == "document_too_heavy"


async def test_one_that_takes_too_long_is_ended(readers: Path) -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await ask("wait", {}, b"", deadline=1.5)
    assert refused.value.code == "document_too_heavy"
    if (readers / "pid").exists():  # a busy machine may have ended it before its first line
        with pytest.raises(ProcessLookupError):
            os.kill(int((readers / "pid").read_text()), 0)


async def test_one_that_nobody_waits_for_is_ended(readers: Path) -> None:
    os.mkfifo(readers / "pid")
    asking = asyncio.create_task(ask("wait", {}, b"", deadline=60))
    pid = int(await asyncio.to_thread((readers / "pid").read_text))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "act",
    [
        "socket.socket()",
        "open('/etc/hostname')",
        "os.pipe()",
        "os.dup(0)",
        "subprocess.Popen(['true'])",
    ],
)
def test_a_confined_process_opens_nothing(act: str) -> None:
    """No request, no file: not even by code that a document would smuggle in."""
    code = (
        "import os, socket, subprocess\n"
        "from gateway.integrations.process import confine\n"
        "confine(seconds=5, memory=200 * 2**20)\n"
        f"try:\n    {act}\nexcept OSError:\n    print('refused')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout == b"refused\n"
