"""PostHog connector: a pasted personal API key.

Quirks:
1. Each region has a host of its own, and knows its own keys alone.
2. A key without the scope ``user:read`` gets 403, and is right all the same.
3. Keys of projects (phc_) only send events.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a key has those that were chosen where it was made. ``user:read`` lets
the gateway name the account.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.posthog.com/settings/user-api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="posthog",
        display_name="PostHog",
        description="Product analytics: events, insights, feature flags and experiments.",
        category="data",
        docs_url="https://posthog.com/docs/api",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}/api",
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region",
                    description="Where your organization is.",
                    choices={
                        "us": {"title": "US Cloud", "api": "us.posthog.com"},
                        "eu": {"title": "EU Cloud", "api": "eu.posthog.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="Personal API key",
                    description="A key of yours. It begins with phx_.",
                    example="phx_0123456789abcdefghijABCDEFGHIJ0123456789abc",
                    pattern=r"phx_[A-Za-z0-9_]{40,60}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://${region.api}/api/users/@me/", refused_statuses=(401,)
            ),  # quirk 2
            account=account_lookup(id="uuid", label="email"),
        ),
    )
