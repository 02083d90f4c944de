"""Klaviyo connector: a pasted private API key.

Quirks:
1. The word before the key is Klaviyo-API-Key.
2. Each call names a revision of the API.
3. A key without the scope ``accounts:read`` gets 403, and is right all the same.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a key has those that were chosen where it was made. ``accounts:read``
lets the gateway name the account.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://www.klaviyo.com/settings/account/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="klaviyo",
        display_name="Klaviyo",
        description="E-mail and SMS marketing of shops: profiles, lists, campaigns and events.",
        category="marketing",
        docs_url="https://developers.klaviyo.com/en/docs/authenticate_",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://a.klaviyo.com/api",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Private API key",
                    description="A private key of your account. It begins with pk_.",
                    example="pk_0123456789abcdef0123456789abcdef01",
                    pattern=r"pk_[A-Za-z0-9_]{30,60}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={
                "Authorization": "Klaviyo-API-Key ${key}",
                "revision": "2025-10-15",
            },  # quirks 1 and 2
            verify=Verify(
                url="https://a.klaviyo.com/api/accounts", refused_statuses=(401,)
            ),  # quirk 3
            account=account_lookup(
                id="data[0].id", label="data[0].attributes.contact_information.organization_name"
            ),
        ),
    )
