"""Make connector: a pasted API token.

Quirks:
1. Each zone has a host of its own, and a token is unknown in the others.
2. The word before the token is Token.
3. A token without the scope ``user:read`` gets 403, and is right all the same.
4. Webhooks have hosts of their own, one in each zone.

Scopes: none are requested; a token has those that were chosen where it was made. ``user:read`` lets
the gateway name the account, and ``scenarios:run`` runs a scenario.

Unconfirmed: the code inside a refusal; the status is documented.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://www.make.com/en/help/access-management/api-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="make",
        display_name="Make",
        description="Automations (scenarios) of Make: run them and see what they did.",
        category="productivity",
        docs_url="https://developers.make.com/api-documentation/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${zone}.make.com/api/v2",
        api_hosts=(
            "hook.eu1.make.com",
            "hook.eu2.make.com",
            "hook.us1.make.com",
            "hook.us2.make.com",
        ),  # quirk 4
        key=KeyMethod(
            inputs={
                "zone": ConnectionInput(
                    title="Zone",
                    description="The beginning of the address at which you use Make.",
                    choices={
                        "eu1": {"title": "eu1.make.com"},
                        "eu2": {"title": "eu2.make.com"},
                        "us1": {"title": "us1.make.com"},
                        "us2": {"title": "us2.make.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your profile in this zone.",
                    example="012b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="Your profile, API.",
                ),
            },
            api_headers={"Authorization": "Token ${key}"},  # quirk 2
            verify=Verify(
                url="https://${zone}.make.com/api/v2/users/me", refused_statuses=(401,)
            ),  # quirk 3
            account=account_lookup(id="authUser.id", label="authUser.name"),
        ),
    )
