"""Encryption keys on the command line, and what a process says that is given the wrong ones (E3, E4)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.commands import encryption as encryption
from gateway.commands.encryption import Meter
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.settings.environment import Driver
from gateway.store.connections import Connection
from gateway.store.indexes import create_indexes
from gateway.store.mongo import open_database
from tests.support.commands import run_gateway
from tests.support.sealing import link_sealed

OLD, NEW = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"
WRONG = f"k1:{new_encryption_key()}"


@pytest.fixture
def env(mongodb_url: str, database_name: str) -> dict[str, str]:
    """A deployment that is used with ``OLD``."""
    return {
        "GATEWAY_PUBLIC_URL": "https://gateway.example.com",
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database_name,
        "GATEWAY_ENCRYPTION_KEYS": OLD,
    }


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    """No ``.env.local`` of the developer's is read."""
    monkeypatch.chdir(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)


async def link(env: dict[str, str], *users: str, keys: str = OLD) -> list[Connection]:
    """Connections whose tokens are sealed with the first of ``keys``."""
    vault = Vault(read_encryption_keys(keys))
    url, name = env["GATEWAY_MONGODB_URL"], env["GATEWAY_MONGODB_DATABASE"]
    async with open_database(url, name, Driver.PYMONGO) as database:
        await create_indexes(database)
        return [await link_sealed(database, vault, user) for user in users]


@pytest.mark.requirement("E4")
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_process_with_the_wrong_key_does_not_start(
    command: str, env: dict[str, str], tmp_path: Path
) -> None:
    """It ends at once with one clear line, which shows no key."""
    assert main(["keys", "encryption-status"]) == 0  # any process that has the right one
    drain = {"GATEWAY_PORT": "0"}
    done = run_gateway(command, cwd=tmp_path, env=env | drain | {"GATEWAY_ENCRYPTION_KEYS": WRONG})
    assert done.returncode == 1
    assert done.stderr == (
        'gateway: the encryption key "k1" is not the one that this database was used with. Put the '
        "right one back; a new key needs an id that was never used\n"
    )
    assert WRONG.partition(":")[2] not in done.stdout


@pytest.mark.requirement("E4")
async def test_a_wrong_key_is_known_by_the_rows_of_a_database_that_was_not_checked_before(
    env: dict[str, str], tmp_path: Path
) -> None:
    """The first start after an update must not take a wrong key for the right one."""
    await link(env, "alice")
    wrong = run_gateway(
        "keys", "encryption-status", cwd=tmp_path, env=env | {"GATEWAY_ENCRYPTION_KEYS": WRONG}
    )
    assert (wrong.returncode, wrong.stderr.count("is not the one")) == (1, 1)
    right = run_gateway("keys", "encryption-status", cwd=tmp_path, env=env)
    assert (right.returncode, right.stderr) == (0, "")


@pytest.mark.requirement("E3")
async def test_a_change_of_keys_from_end_to_end(env: dict[str, str], tmp_path: Path) -> None:
    """Each step says what it found and what may be done next."""

    def run(*arguments: str, keys: str) -> tuple[int, list[str]]:
        file = tmp_path / "keys"
        file.write_text(f"# changed in spring\n{keys}\n".replace(",", "\n"))
        given = {"GATEWAY_ENCRYPTION_KEYS": "", "GATEWAY_ENCRYPTION_KEYS_FILE": str(file)}
        done = run_gateway("keys", *arguments, cwd=tmp_path, env=env | given)
        assert done.stderr == ""
        return done.returncode, [" ".join(line.split()) for line in done.stdout.splitlines()]

    await link(env, "alice", "bob")
    both = f"{NEW},{OLD}"
    before = ["key rows", "k2 0 seals everything new", "k1 2 opens; to be sealed anew"]
    assert run("encryption-status", keys=both) == (0, before)
    assert run("rotate-encryption", "--dry-run", keys=both) == (0, before)

    code, said = run("rotate-encryption", keys=both)

    assert code == 0
    assert said[0] == "2 rows are sealed with another key than k2."
    assert said[1].startswith("2 rows were sealed anew with k2, in ")
    assert said[2:] == ["k1 seals nothing any more and may be removed from the keys."]
    after = ["key rows", "k2 2 seals everything new"]
    assert run("encryption-status", keys=both) == (0, [*after, "k1 0 not needed any more"])
    assert run("encryption-status", keys=NEW) == (0, after)
    assert run("rotate-encryption", keys=NEW)[0] == 0


@pytest.mark.requirement("E4")
async def test_rows_that_do_not_open_are_named_and_the_exit_code_says_so(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Ids only; the key that one of them needs may not be removed."""
    (lost,) = await link(env, "lost", keys=f"k0:{new_encryption_key()}")
    (broken, _) = await link(env, "broken", "good")
    url, name = env["GATEWAY_MONGODB_URL"], env["GATEWAY_MONGODB_DATABASE"]
    async with open_database(url, name, Driver.PYMONGO) as database:
        await database.collection("connections").update_one(
            {"_id": broken.id}, {"$set": {"tokens.access": broken.tokens.access_token[:-1]}}
        )

    done = run_gateway(
        "keys",
        "rotate-encryption",
        cwd=tmp_path,
        env=env | {"GATEWAY_ENCRYPTION_KEYS": f"{NEW},{OLD}"},
    )

    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "3 rows are sealed with another key than k2."
    assert lines[2] == "2 rows cannot be opened and stay as they are:"
    assert sorted(lines[3:]) == sorted(f"  connections {row.id}" for row in (lost, broken))
    status = run_gateway(
        "keys", "encryption-status", cwd=tmp_path, env=env | {"GATEWAY_ENCRYPTION_KEYS": NEW}
    )
    assert [" ".join(line.split()) for line in status.stdout.splitlines()[1:]] == [
        "k2 1 seals everything new",
        "k0 1 missing: these rows cannot be opened",
        "k1 1 missing: these rows cannot be opened",
    ]


def test_progress_is_one_line_on_a_terminal_and_a_line_now_and_then_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = Meter(total=400)
    meter(200)
    assert capsys.readouterr().out == ""  # not yet
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
    assert main(["keys", "new-encryption-key", "--id", "2026-spring"]) == 0
    assert [*read_encryption_keys(capsys.readouterr().out)] == ["2026-spring"]


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_pace_must_be_a_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "rotate-encryption", "--per-second", number])
    assert "--per-second" in capsys.readouterr().err
