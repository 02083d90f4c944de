"""Mint connector, invented: client credentials for an access token, and a key in the query.

Docs: https://mint.example/docs

Quirks: none
"""

from __future__ import annotations

from datetime import date

from connectors import (
    ConnectionInput,
    Env,
    KeyConnectorConfig,
    KeyMethod,
    TokenRequest,
    Verify,
    account_lookup,
)


def create_config(env: Env) -> KeyConnectorConfig:
    """Describe Mint."""
    return KeyConnectorConfig(
        name="mint",
        display_name="Mint",
        description="An invented service.",
        category="other",
        docs_url="https://mint.example/docs",
        console_url="https://mint.example/apps",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.mint.example/v2",
        key=KeyMethod(
            inputs={
                "client_id": ConnectionInput(
                    title="Client id",
                    description="The id of your app.",
                    example="app-0001",
                    pattern=r"app-[0-9]{4}",
                ),
                "client_secret": ConnectionInput(
                    title="Client secret",
                    description="The secret of your app.",
                    example="ms_0123456789abcdef",
                    pattern=r"ms_[0-9a-f]{16}",
                    secret=True,
                    where="https://mint.example/apps",
                ),
            },
            api_headers={"X-Mint-Token": "${access_token}"},
            api_query={"app": "${client_id}"},
            token=TokenRequest(
                url="https://auth.mint.example/token",
                basic=("${client_id}", "${client_secret}"),
                body={"grant_type": "client_credentials"},
                token_path="data.token",
                expires_in_path="data.ttl",
            ),
            verify=Verify(url="https://api.mint.example/v2/me"),
            account=account_lookup(id="id", label="name"),
        ),
    )
