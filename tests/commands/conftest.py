"""The deployment that commands work on in these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.encryption.vault import new_encryption_key


@pytest.fixture
def deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mongodb_url: str, database_name: str
) -> dict[str, str]:
    """The environment of a deployment on an empty database.

    It is set for this process, in an empty folder: no developer's ``.env.local`` is read.
    """
    monkeypatch.chdir(tmp_path)
    env = {
        "GATEWAY_PUBLIC_URL": "https://gateway.example.com",
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database_name,
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return env
