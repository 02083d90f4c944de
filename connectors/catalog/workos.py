"""WorkOS connector: a pasted API key.

Quirks:
1. A key opens one environment: staging or production. No call names it.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://dashboard.workos.com/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="workos",
        display_name="WorkOS",
        description="Single sign-on for your customers: organizations, directories and users.",
        category="devtools",
        docs_url="https://workos.com/docs/reference/api-authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.workos.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of one of your environments. It begins with sk_.",
                    example="sk_test_0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"sk_[A-Za-z0-9_]{20,200}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.workos.com/organizations", refused_statuses=(401,)),
        ),
    )
