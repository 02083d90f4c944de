"""``gateway encryption``, and how a process reacts to wrong encryption keys."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.commands import encryption
from gateway.commands.encryption import Meter
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.settings.environment import Driver
from gateway.store.connection import Connection
from gateway.store.indexes import create_indexes
from gateway.store.mongo import open_database
from tests.support.commands import run_gateway
from tests.support.sealing import link_sealed

OLD, NEW = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"
WRONG = f"k1:{new_encryption_key()}"

Run = Callable[..., tuple[int, list[str], str]]
"""Run a command: its exit code, its lines on stdout with single spaces, and its stderr."""


@pytest.fixture(autouse=True)
def env(deployment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a deployment whose encryption key is ``OLD``."""
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", OLD)
    return deployment | {"GATEWAY_ENCRYPTION_KEYS": OLD}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process with these encryption keys."""

    def run(*command: str, keys: str = OLD) -> tuple[int, list[str], str]:
        monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", keys)
        code = main(command)
        said = capsys.readouterr()
        return code, [" ".join(line.split()) for line in said.out.splitlines()], said.err

    return run


HEADING = ["KEY", "ROWS", "STATE"]
"""On standard error: standard output holds the rows alone."""


def link(env: dict[str, str], *users: str, keys: str = OLD) -> list[Connection]:
    """Store connections whose tokens are sealed with the first of ``keys``."""

    async def store() -> list[Connection]:
        vault = Vault(read_encryption_keys(keys))
        url, name = env["GATEWAY_MONGODB_URL"], env["GATEWAY_MONGODB_DATABASE"]
        async with open_database(url, name, Driver.PYMONGO) as database:
            await create_indexes(database)
            return [await link_sealed(database, vault, user) for user in users]

    return asyncio.run(store())


def refused(stderr: str) -> bool:
    """Whether the one line on stderr names the wrong key and does not show it."""
    return WRONG.partition(":")[2] not in stderr and stderr == (
        'gateway: the encryption key "k1" is not the one that this database was used with. Put the '
        "right one back; a new encryption key needs a new id\n"
    )


@pytest.mark.requirement("E4")
def test_serve_with_the_wrong_key_does_not_start(
    env: dict[str, str], tmp_path: Path, run: Run
) -> None:
    """As a real process, which ends with one clear line."""
    assert run("encryption", "status")[0] == 0  # a process with the right key came first
    port = {"GATEWAY_PORT": "0"}
    done = run_gateway("serve", cwd=tmp_path, env=env | port | {"GATEWAY_ENCRYPTION_KEYS": WRONG})
    assert (done.returncode, refused(done.stderr)) == (1, True)
    assert WRONG.partition(":")[2] not in done.stdout


@pytest.mark.requirement("E4")
def test_worker_with_the_wrong_key_does_not_start(run: Run) -> None:
    assert run("encryption", "status")[0] == 0
    code, _, stderr = run("worker", keys=WRONG)
    assert (code, refused(stderr)) == (1, True)


@pytest.mark.requirement("E4")
def test_wrong_key_is_detected_by_the_rows_of_a_database_without_check_values(
    env: dict[str, str], run: Run
) -> None:
    """The first start after an update must not take a wrong key for the right one."""
    link(env, "alice")
    code, _, stderr = run("encryption", "status", keys=WRONG)
    assert (code, refused(stderr)) == (1, True)
    code, _, stderr = run("encryption", "status")
    assert (code, stderr.split()) == (0, HEADING)


@pytest.mark.requirement("E3")
def test_key_rotation_from_end_to_end(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Each step prints what it found and what may be done next. The keys come from a file."""
    file = tmp_path / "keys"
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS_FILE", str(file))

    def run_with(keys: str, *command: str) -> tuple[int, list[str]]:
        file.write_text(f"# changed in spring\n{keys}\n".replace(",", "\n"))
        code, lines, stderr = run("encryption", *command, keys="")
        assert stderr.split() == ([] if command == ("rotate",) else HEADING)
        return code, lines

    link(env, "alice", "bob")
    both = f"{NEW},{OLD}"
    before = ["k2 0 seals new rows", "k1 2 opens rows; rotation pending"]
    assert run_with(both, "status") == (0, before)
    assert run_with(both, "rotate", "--dry-run") == (0, before)

    code, said = run_with(both, "rotate")

    assert code == 0
    assert said[0] == "2 rows are sealed with a key other than k2."
    assert said[1].startswith("2 rows are now sealed with k2 (")
    assert said[2:] == ["k1 seals no rows any more and may be removed."]
    after = ["k2 2 seals new rows"]
    assert run_with(both, "status") == (0, [*after, "k1 0 no longer needed"])
    assert run_with(NEW, "status") == (0, after)
    assert run_with(NEW, "rotate")[0] == 0


@pytest.mark.requirement("E4")
def test_unreadable_rows_are_listed_and_change_the_exit_code(env: dict[str, str], run: Run) -> None:
    """The list has ids only; the key that one of the rows needs may not be removed."""
    (lost,) = link(env, "lost", keys=f"k0:{new_encryption_key()}")
    (broken, _) = link(env, "broken", "good")
    shorten_token(env, broken)

    code, lines, stderr = run("encryption", "rotate", keys=f"{NEW},{OLD}")

    assert (code, stderr) == (1, "")
    assert lines[0] == "3 rows are sealed with a key other than k2."
    assert lines[2] == "2 rows cannot be opened and are left unchanged:"
    assert sorted(lines[3:]) == sorted(f"connections {row.id}" for row in (lost, broken))
    assert run("encryption", "status", keys=NEW)[1] == [
        "k2 1 seals new rows",
        "k0 1 missing: these rows cannot be opened",
        "k1 1 missing: these rows cannot be opened",
    ]


def shorten_token(env: dict[str, str], connection: Connection) -> None:
    """Take the last byte off a stored access token."""

    async def shorten() -> None:
        url, name = env["GATEWAY_MONGODB_URL"], env["GATEWAY_MONGODB_DATABASE"]
        async with open_database(url, name, Driver.PYMONGO) as database:
            await database.collection("connections").update_one(
                {"_id": connection.id},
                {"$set": {"tokens.access": connection.tokens.access_token[:-1]}},
            )

    asyncio.run(shorten())


def test_progress_is_one_changing_line_on_a_terminal_and_several_lines_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = Meter(total=400)
    meter(200)
    assert capsys.readouterr().out == ""  # too early for a line
    monkeypatch.setattr(encryption, "LINE_SECONDS", 0)
    meter(200)
    meter(500)  # rows came while it ran
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("200 of 400 rows, ")
    assert second.startswith("500 of 500 rows, ")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    meter(300)
    meter(400)
    meter.end()
    shown = capsys.readouterr().out
    assert "\n" not in shown
    assert [part.partition(" rows")[0] for part in shown.split("\r")] == [
        "",
        "300 of 400",
        "400 of 400",
        "\033[K",
    ]


def test_a_new_key_can_be_given_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encryption", "new-key", "--id", "2026-spring"]) == 0
    assert [*read_encryption_keys(capsys.readouterr().out)] == ["2026-spring"]


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_pace_must_be_a_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["encryption", "rotate", "--per-second", number])
    assert "--per-second" in capsys.readouterr().err
