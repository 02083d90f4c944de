"""The contract of the connector "solo" (``tests.support.outside``), as its author keeps it."""

from __future__ import annotations

from pathlib import Path

SOLO_CONTRACT = """
from gateway.testing import AccountSample, ConnectorContract, documented

ANSWER = {
    "access_token": "solo-access", "refresh_token": "solo-refresh", "token_type": "bearer",
    "expires_in": 3600, "scope": "read write", "account": {"id": "a1", "name": "Ana"},
}


class TestSolo(ConnectorContract):
    connector = "solo"
    scopes = ("read", "write")
    exchange = documented(ANSWER)
    refresh = documented(ANSWER)
    accounts = {("a1", "Ana"): AccountSample()}
"""


def write_contract(folder: Path, source: str = SOLO_CONTRACT, *, name: str = "solo") -> Path:
    """Write ``source`` where the contract of a folder's connector is looked for."""
    file = folder / "tests" / f"test_{name.replace('-', '_')}_provider.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(source)
    return file
