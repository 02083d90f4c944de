"""Pylon connector: a pasted API token.

Quirks:
1. A token belongs to the organization, which is the account.

Scopes: none exist.

Unconfirmed: the form of a token, so each one is taken that could be one, and the body of a refusal.
The statuses of refusals and the members of the account's answer were described without the
provider's own documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.usepylon.com/settings/api-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="pylon",
        display_name="Pylon",
        description="Support of business customers: issues, accounts and contacts.",
        category="support",
        docs_url="https://docs.usepylon.com/pylon-docs/developer/api/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.usepylon.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your organization, made by an administrator.",
                    example="pylon_api_0123456789abcdef0123456789abcdef",
                    pattern=r"[A-Za-z0-9_.-]{20,200}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.usepylon.com/me", refused_statuses=(401,)),
            account=account_lookup(id="data.id", label="data.name"),  # quirk 1
        ),
    )
