"""A connector outside the package, in a folder laid out like ``connectors/``.

"Solo" takes one account per person, unlike the package's connectors. Its simulated provider has
accounts that grant less than was requested, or that have no id.
"""

from __future__ import annotations

from pathlib import Path

ACCOUNT, OTHER_ACCOUNT = "First account", "Second account"
RELUCTANT_ACCOUNT, NAMELESS_ACCOUNT = "Grants one scope", "Has no id"

_CATALOG = '''
"""Solo OAuth connector: one account per person."""

from datetime import date

from connectors import ConnectorConfig, account_lookup, app, require_env


def create_config(env):
    return ConnectorConfig(
        **app("solo", env),
        display_name="Solo",
        description="Accounts of Solo, one for each person.",
        category="other",
        docs_url="https://solo.example/docs",
        console_url="https://solo.example/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="https://auth.solo.example/authorize",
        token_url="https://auth.solo.example/token",
        revocation_url="https://auth.solo.example/revoke",
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=False,
        fetch_account_info=account_lookup(id="account.id", label="account.name"),
        api_base_url="https://api.solo.example",
    )
'''

_SANDBOX = f'''
"""Solo, seen from its own side."""

from connectors.sandbox import RevokeRules, facts, rfc6749


def _answer(issued):
    facts = issued.account.facts
    return {{
        "scope": " ".join(scope for scope in issued.scopes if scope != facts["refused"]),
        "account": {{"id": facts["id"], "name": issued.account.label}},
    }}


PROVIDER = rfc6749(
    "solo",
    title="Solo",
    authorize="auth.solo.example/authorize",
    token="auth.solo.example/token",
    revoke=RevokeRules(address="auth.solo.example/revoke", client_auth="post", reach="account"),
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    answer=_answer,
    scopes="read write",
    several_accounts=False,
    accounts={{
        ("first", "{ACCOUNT}"): {{"id": "first", "refused": ""}},
        ("second", "{OTHER_ACCOUNT}"): {{"id": "second", "refused": ""}},
        ("reluctant", "{RELUCTANT_ACCOUNT}"): {{"id": "reluctant", "refused": "write"}},
        ("nameless", "{NAMELESS_ACCOUNT}"): {{"id": None, "refused": ""}},
    }},
    api_base="api.solo.example",
    api={{"/me": facts("id")}},
)
'''


def write_solo(folder: Path) -> None:
    """Write the connector and its simulated provider."""
    for kind, source in (("catalog", _CATALOG), ("sandbox", _SANDBOX)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / "solo.py").write_text(source)
