"""A connector outside the package, in a folder laid out like ``connectors/``.

"Solo" takes one account per person, which none of the package's connectors does, and its simulated
provider has accounts that grant less than was asked for, or do not say who they are.
"""

from __future__ import annotations

from pathlib import Path

ACCOUNT, OTHER_ACCOUNT = "First account", "Second account"
RELUCTANT_ACCOUNT, NAMELESS_ACCOUNT = "Grants one scope", "Has no id"

_CATALOG = '''
"""Solo OAuth connector: one account per person."""

from datetime import date

from connectors.account import account_lookup
from connectors.catalog import require_env
from connectors.config import ConnectorConfig
from connectors.secret import Secret


def create_config(env):
    return ConnectorConfig(
        name="solo",
        display_name="Solo",
        category="other",
        docs_url="https://solo.example/docs",
        console_url="https://solo.example/apps",
        checked_on=date(2026, 11, 21),
        client_id=require_env(env, "OAUTH_SOLO_CLIENT_ID", "solo"),
        client_secret=Secret(require_env(env, "OAUTH_SOLO_CLIENT_SECRET", "solo")),
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

from connectors.sandbox import (
    ApiRules, AuthorizeRules, FictionalAccount, GrantRules, RevokeRules, SimulatedProvider,
    TokenRules,
)


def _account(key, label, **facts):
    return FictionalAccount(key=key, label=label, facts={{"id": key, "refused": "", **facts}})


def _token_answer(issued):
    facts = issued.account.facts
    return {{
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(scope for scope in issued.scopes if scope != facts["refused"]),
        "account": {{"id": facts["id"], "name": issued.account.label}},
    }}


PROVIDER = SimulatedProvider(
    name="solo",
    display_name="Solo",
    client_id="solo-sandbox",
    client_secret="solo-sandbox-client-secret",
    accounts=(
        _account("first", "{ACCOUNT}"),
        _account("second", "{OTHER_ACCOUNT}"),
        _account("reluctant", "{RELUCTANT_ACCOUNT}", refused="write"),
        _account("nameless", "{NAMELESS_ACCOUNT}", id=None),
    ),
    authorize=AuthorizeRules(
        address="auth.solo.example/authorize",
        required={{"response_type": "code"}},
        known_scopes=frozenset({{"read", "write"}}),
    ),
    token=TokenRules(
        address="auth.solo.example/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({{"grant_type", "code", "redirect_uri", "code_verifier"}}),
        refresh_params=frozenset({{"grant_type", "refresh_token"}}),
    ),
    grant=GrantRules(
        access_token_prefix="solo-access-",
        refresh_token_prefix="solo-refresh-",
        expires=lambda params: 3600,
        offline=lambda params, consented_before: True,
        rotation="strict",
    ),
    revoke=RevokeRules(address="auth.solo.example/revoke", client_auth="post", reach="account"),
    api=(
        ApiRules(address="api.solo.example/me", answer=lambda call: {{"id": call.account.key}}),
    ),
    api_hosts=frozenset({{"api.solo.example"}}),
    token_answer=_token_answer,
)
'''


def write_solo(folder: Path) -> None:
    """Write the connector and its simulated provider."""
    for kind, source in (("catalog", _CATALOG), ("sandbox", _SANDBOX)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / "solo.py").write_text(source)
