"""PandaDoc connector: a pasted API key.

Quirks:
1. The word before the key is API-Key.
2. A person is a member of several workspaces, with a key in each: the membership is the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.pandadoc.com/a/#/settings/api-dashboard/configuration"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="pandadoc",
        display_name="PandaDoc",
        description="Documents to sign: create them from templates, send them and follow them.",
        category="legal",
        docs_url="https://developers.pandadoc.com/reference/api-key-authentication-process",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.pandadoc.com/public/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your workspace, for production or the sandbox.",
                    example="0123456789abcdef0123456789abcdef76543210",
                    pattern=r"[A-Za-z0-9]{40}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "API-Key ${key}"},  # quirk 1
            verify=Verify(
                url="https://api.pandadoc.com/public/v1/members/current", refused_statuses=(401,)
            ),
            account=account_lookup(id="membership_id", label="email"),  # quirk 2
        ),
    )
