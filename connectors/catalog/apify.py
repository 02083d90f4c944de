"""Apify connector: a pasted API token.

Quirks:
1. 403 is an answer to a right token with limited permissions.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested. A token may be limited to some resources where it is made, and may then
be refused (403) what it asks for here.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://console.apify.com/settings/integrations"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="apify",
        display_name="Apify",
        description="Scrapers and automations for the web: run them and read what they found.",
        category="data",
        docs_url="https://docs.apify.com/api/v2",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.apify.com/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your account. It begins with apify_api_.",
                    example="apify_api_0123456789abcdefghijklmnopqrstuvwxyz",
                    pattern=r"apify_api_[A-Za-z0-9]{30,60}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.apify.com/v2/users/me", refused_statuses=(401,)
            ),  # quirk 1
            account=account_lookup(id="data.id", label="data.username"),
        ),
    )
