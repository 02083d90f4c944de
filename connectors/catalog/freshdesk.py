"""Freshdesk connector: a pasted API key.

Quirks:
1. Each help desk has a host of its own.
2. The key is the user of HTTP Basic; the password may be anything.
3. An id of an agent is known within its help desk alone.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://support.freshdesk.com/support/solutions/articles/215517-how-to-find-your-api-key"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="freshdesk",
        display_name="Freshdesk",
        description="Tickets, contacts and agents of a Freshdesk help desk.",
        category="support",
        docs_url="https://developers.freshdesk.com/api/#authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${domain}.freshdesk.com/api/v2",
        key=KeyMethod(
            inputs={
                "domain": ConnectionInput(
                    title="Domain",
                    description="The name of your help desk, as in its freshdesk.com address.",
                    example="acme",
                    pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                    suffix=".freshdesk.com",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="Your own key, on the page of your profile.",
                    example="AbCdEfGhIj0123456789",
                    pattern=r"[A-Za-z0-9_-]{16,40}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${key}", "X"),  # quirk 2
            verify=Verify(
                url="https://${domain}.freshdesk.com/api/v2/agents/me", refused_statuses=(401,)
            ),
            account=account_lookup(
                id="${connection_config.domain}:${id}",
                label="${contact.name} (${connection_config.domain})",
            ),  # quirk 3
        ),
    )
