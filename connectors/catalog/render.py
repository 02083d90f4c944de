"""Render connector: a pasted API key.

Quirks:
1. A key opens all workspaces of its person, who is not named by any call.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://dashboard.render.com/u/settings#api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="render",
        display_name="Render",
        description="Web services, databases and deploys at Render.",
        category="devtools",
        docs_url="https://api-docs.render.com/reference/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.render.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="Your own key. It begins with rnd_.",
                    example="rnd_0123456789abcdefghijABCDEFGH",
                    pattern=r"rnd_[A-Za-z0-9]{20,60}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.render.com/v1/owners", refused_statuses=(401,)
            ),  # quirk 1
        ),
    )
