"""The contract of the connector "solo" (``tests.support.outside``), as its author keeps it."""

from __future__ import annotations

from pathlib import Path

SOLO_CONTRACT = """
from connectors.account import AccountInfo
from gateway.errors import TokenRejected
from gateway.testing import (
    AccountSample, ConnectorContract, ErrorSample, Person, Probe, TokenSample,
)

ANSWER = {
    "access_token": "solo-access", "refresh_token": "solo-refresh", "token_type": "bearer",
    "expires_in": 3600, "scope": "read write", "account": {"id": "a1", "name": "Ana"},
}
SAMPLE = TokenSample(
    answer=ANSWER, access_token="solo-access", refresh_token="solo-refresh", expires_in=3600,
    scopes=("read", "write"),
)


class TestSolo(ConnectorContract):
    connector = "solo"
    expected_category = "other"
    expected_scopes = ("read", "write")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = False
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    people = (Person(account="first"), Person(account="second"))
    probe = Probe("/me")
    token_sample = SAMPLE
    refresh_sample = SAMPLE
    account_samples = (
        AccountSample(expected=AccountInfo(external_account_id="a1", account_label="Ana")),
    )
    error_samples = (
        ErrorSample(status=400, body={"error": "invalid_grant"}, raises=TokenRejected),
    )
"""


def write_contract(folder: Path, source: str = SOLO_CONTRACT, *, name: str = "solo") -> Path:
    """Write ``source`` where the contract of a folder's connector is looked for."""
    file = folder / "tests" / f"test_{name.replace('-', '_')}_provider.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(source)
    return file
