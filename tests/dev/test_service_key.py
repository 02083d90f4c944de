"""The service key that ``make dev`` leaves for the README's commands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.access.service_keys import Role
from gateway.dev import data
from gateway.dev.run import _ensure_service_key
from gateway.encryption.vault import new_encryption_key
from gateway.settings.environment import read_environment, read_settings
from gateway.wiring.process import open_services

OF_AN_EARLIER_RELEASE = (Role.TOKENS, Role.PROXY, Role.TOOLS, Role.CONNECTIONS)


@pytest.fixture
def file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mongodb_url: str, database_name: str
) -> Path:
    """The file of the key, in the empty data folder of a deployment."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MODE": "dev",
        "SANDBOX": "off",
        "MONGODB_URL": mongodb_url,
        "MONGODB_DATABASE": database_name,
        "ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
        "DATA_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"GATEWAY_{name}", value)
    return tmp_path / data.SERVICE_KEY


def roles_of(file: Path) -> set[Role]:
    """What the key in the file may do."""

    async def ask(key: str) -> set[Role]:
        async with open_services(read_settings(), read_environment()) as services:
            caller = await services.keys.authenticate(f"Bearer {key}")
            return set(caller.roles)

    return asyncio.run(ask(file.read_text().strip()))


def replace_key(file: Path, roles: Sequence[Role]) -> None:
    """Put a key with these roles into the file."""

    async def create() -> str:
        async with open_services(read_settings(), read_environment()) as services:
            _, secret = await services.keys.create(tenant="default", roles=roles, label="old")
            return secret.reveal()

    file.write_text(asyncio.run(create()))


def test_it_has_the_roles_of_the_readmes_commands_and_is_kept(file: Path) -> None:
    _ensure_service_key({})
    made = file.read_text()
    assert roles_of(file) == {*OF_AN_EARLIER_RELEASE, Role.INTEGRATIONS}
    _ensure_service_key({})
    assert file.read_text() == made


def test_one_of_an_earlier_release_is_replaced(file: Path) -> None:
    replace_key(file, OF_AN_EARLIER_RELEASE)
    _ensure_service_key({})
    assert Role.INTEGRATIONS in roles_of(file)
