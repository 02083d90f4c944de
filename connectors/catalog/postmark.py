"""Postmark connector: the pasted token of a server.

Quirks:
1. A server is a place to send from, with a token of its own; it is the account. Account tokens are
   for other calls and a header of another name.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://account.postmarkapp.com/servers"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="postmark",
        display_name="Postmark",
        description="Transactional e-mail: send messages and see what became of them.",
        category="communication",
        docs_url="https://postmarkapp.com/developer/api/overview",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.postmarkapp.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Server API token",
                    description="The token of one of your servers.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="The API Tokens tab of the server.",
                )
            },
            api_headers={"X-Postmark-Server-Token": "${key}"},
            verify=Verify(url="https://api.postmarkapp.com/server", refused_statuses=(401,)),
            account=account_lookup(id="ID", label="Name"),  # quirk 1
        ),
    )
