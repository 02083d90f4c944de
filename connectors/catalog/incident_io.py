"""incident.io connector: a pasted API key.

Quirks:
1. A key may always ask who it is. The answer has the name of the key and no id.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested. A key has the roles that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://app.incident.io/settings/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="incident-io",
        display_name="incident.io",
        description="Incidents, follow-ups and on-call schedules.",
        category="devtools",
        docs_url="https://docs.incident.io/api-reference/introduction",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.incident.io",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your organization. It begins with inc_.",
                    example="inc_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                    pattern=r"inc_[0-9a-f]{64}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.incident.io/v1/identity", refused_statuses=(401,)
            ),  # quirk 1
        ),
    )
