"""Encryption keys from a variable or a file; no error quotes them (security E1, J1)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from connectors.secret import Secret
from gateway.encryption.keyring import open_vault
from gateway.encryption.places import Place
from gateway.encryption.vault import Vault, key_id_of, new_encryption_key, read_encryption_keys
from gateway.errors import SettingsError
from gateway.settings.environment import Mode, Settings, read_settings

K1, K2 = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"
CANARY = base64.b64encode(b"canary-key-that-must-not-show-31").decode()
PLACE = Place(
    collection="connections",
    tenant="default",
    owner="user:u",
    connector="google",
    row="con",
    field="access_token",
    generation=1,
)


def vault_of(file: Path) -> Vault:
    """The vault of a gateway with this file of keys."""
    return open_vault(Settings(mode=Mode.DEV, encryption_keys_file=file))


def written(folder: Path, text: str, mode: int = 0o400) -> Path:
    """A file of keys."""
    file = folder / "encryption-keys"
    file.write_bytes(text.encode("latin-1"))
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    "text",
    [
        f"{K2},{K1}",
        f"{K2}\n{K1}\n",
        f"# the new one\r\n{K2} # since spring\r\n\r\n  {K1}  \r\n# that is all",
    ],
    ids=["as in the variable", "lines", "comments"],
)
def test_a_file_holds_the_same_as_the_variable(tmp_path: Path, text: str) -> None:
    with capture_logs() as logged:
        vault = vault_of(written(tmp_path, text))
    assert vault.key_ids == ("k2", "k1")
    old = Vault(read_encryption_keys(K1)).seal(Secret("token"), PLACE)
    assert vault.open(old, PLACE) == Secret("token")
    assert logged == []


def test_the_variable_is_enough(tmp_path: Path) -> None:
    settings = Settings(mode=Mode.DEV, encryption_keys=SecretStr(f"{K2},{K1}"))
    assert open_vault(settings).key_ids == ("k2", "k1")


@pytest.mark.parametrize("mode", [0o444, 0o402, 0o604])
def test_a_file_that_others_can_read_is_told_of_and_taken(tmp_path: Path, mode: int) -> None:
    """Container platforms mount secrets like that; an operator of a machine should know."""
    with capture_logs() as logged:
        assert vault_of(written(tmp_path, K1, mode)).current == "k1"
    assert [line["event"] for line in logged] == ["encryption_keys_file_is_open_to_others"]


def test_all_wrong_entries_of_a_file_are_named_and_none_is_shown(tmp_path: Path) -> None:
    file = written(tmp_path, f"k1:{CANARY}x\n# a comment\n{K2}\nk3\nk2:{CANARY}\n")
    with pytest.raises(SettingsError) as caught:
        vault_of(file)
    problems = str(caught.value).splitlines()
    assert [problem.partition(". ")[0].split(" (")[0] for problem in problems] == [
        "GATEWAY_ENCRYPTION_KEYS_FILE: entry 1 is not `id:key` with a base64 key of 32 bytes",
        "GATEWAY_ENCRYPTION_KEYS_FILE: entry 3 is not `id:key` with a base64 key of 32 bytes",
        "GATEWAY_ENCRYPTION_KEYS_FILE: the id of entry 4 is used twice",
    ]
    assert CANARY[:8] not in str(caught.value)


@pytest.mark.requirement("E1")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file has no encryption key"),
        ("# later\n", "the file has no encryption key"),
        (f"k1:{CANARY}\xff", "the file cannot be read (UnicodeDecodeError)"),
    ],
    ids=["empty", "comment", "not text"],
)
def test_a_file_without_keys_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    """There is no default key."""
    with pytest.raises(SettingsError) as caught:
        vault_of(written(tmp_path, text))
    assert str(caught.value) == f"GATEWAY_ENCRYPTION_KEYS_FILE: {problem}"
    assert caught.value.__cause__ is None


PRODUCTION = {
    "GATEWAY_PUBLIC_URL": "https://gateway.example.com",
    "GATEWAY_MONGODB_URL": "mongodb://db",
}


def test_production_takes_the_keys_from_one_of_the_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(written(tmp_path, K1))
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match="GATEWAY_ENCRYPTION_KEYS must be set"):
        read_settings(tmp_path)
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS_FILE", file)
    assert open_vault(read_settings(tmp_path)).current == "k1"
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", f"k1:{CANARY}")
    with pytest.raises(SettingsError, match="FILE cannot be set together with") as caught:
        read_settings(tmp_path)
    assert CANARY not in str(caught.value)
    monkeypatch.delenv("GATEWAY_ENCRYPTION_KEYS")
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS_FILE", f"{file}.old")
    with pytest.raises(SettingsError, match="GATEWAY_ENCRYPTION_KEYS_FILE: there is no such file"):
        read_settings(tmp_path)


@pytest.mark.requirement("E4")
def test_a_check_value_tells_a_key_from_any_other() -> None:
    """Of the same id, or under another id; and nothing else is taken for a check value."""
    vault, other = (
        Vault(read_encryption_keys(f"{K1},{K2}")),
        Vault(read_encryption_keys(f"k1:{new_encryption_key()}")),
    )
    check = vault.key_check("k1")
    assert vault.confirms("k1", check)
    assert not other.confirms("k1", check)
    assert not vault.confirms("k1", vault.key_check("k2"))
    assert not vault.confirms("k1", vault.seal(Secret("this is the key"), PLACE))
    for broken in (b"", check[:-1], check + b"x", b"x" * 40):
        assert not vault.confirms("k1", broken)


@pytest.mark.requirement("E3")
def test_value_of_the_first_encryption_key_is_not_resealed() -> None:
    """A second run writes nothing."""
    old, new = Vault(read_encryption_keys(K1)), Vault(read_encryption_keys(f"{K2},{K1}"))
    sealed = new.reseal(old.seal(Secret("token"), PLACE), PLACE)
    assert (key_id_of(sealed), new.open(sealed, PLACE)) == ("k2", Secret("token"))
    assert new.reseal(sealed, PLACE) is sealed
