"""Neon connector: a pasted personal API key.

Quirks:
1. A key of an organization or a project may not ask who it is, and stays unchecked.

Scopes: none exist.

Unconfirmed: the status of the answer to a key of an organization; only 401 is read as a refusal.
The statuses of refusals and the members of the account's answer were described without the
provider's own documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://console.neon.tech/app/settings/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="neon",
        display_name="Neon",
        description="Serverless Postgres: projects, branches and databases.",
        category="devtools",
        docs_url="https://api-docs.neon.tech/reference/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://console.neon.tech/api/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A personal key. It begins with napi_.",
                    example="napi_0123456789abcdef0123456789abcdefabcdefghijklmnopqrstuvwxyz012345",
                    pattern=r"(napi_)?[a-z0-9]{64}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://console.neon.tech/api/v2/users/me", refused_statuses=(401,)),
            account=account_lookup(id="id", label="email"),
        ),
    )
