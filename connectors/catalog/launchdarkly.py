"""LaunchDarkly connector: a pasted access token.

Quirks:
1. The token is the whole Authorization header, without a word before it.
2. Every token may ask who calls. The answer names the token, which is the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a token has the role that was chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.launchdarkly.com/settings/authorization"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="launchdarkly",
        display_name="LaunchDarkly",
        description="Feature flags: see who gets which feature, and turn it on or off.",
        category="devtools",
        docs_url="https://launchdarkly.com/docs/api",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://app.launchdarkly.com/api/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Access token",
                    description="A personal or service token. It begins with api-.",
                    example="api-01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"api-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "${key}"},  # quirk 1
            verify=Verify(
                url="https://app.launchdarkly.com/api/v2/caller-identity", refused_statuses=(401,)
            ),
            account=account_lookup(id="tokenId", label="tokenName"),  # quirk 2
        ),
    )
