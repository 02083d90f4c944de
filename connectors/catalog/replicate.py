"""Replicate connector: a pasted API token.

Quirks:
1. The account is known by its user name alone; the API tells no number.

Console: account settings, API tokens.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="replicate",
        display_name="Replicate",
        description="Thousands of open models for images, video, speech and text, run by one call.",
        category="ai",
        docs_url="https://replicate.com/docs/reference/http",
        console_url="https://replicate.com/account/api-tokens",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.replicate.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your account. It begins with r8_.",
                    example="r8_0123456789abcdefghijABCDEFGHIJ0123456",
                    pattern=r"r8_[A-Za-z0-9]{20,100}",
                    secret=True,
                    where="https://replicate.com/account/api-tokens",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.replicate.com/v1/account", refused_statuses=(401,)),
            account=account_lookup(id="username", label="name"),
        ),
    )
