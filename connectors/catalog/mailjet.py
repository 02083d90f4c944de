"""Mailjet connector: a pasted pair of keys.

Quirks:
1. Key and secret are user and password of HTTP Basic.
2. A person may have several pairs, with messages and statistics of their own: the key is the
   account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.mailjet.com/account/apikeys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mailjet",
        display_name="Mailjet",
        description="E-mail: send messages and campaigns, and see what became of them.",
        category="communication",
        docs_url="https://dev.mailjet.com/email/guides/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.mailjet.com",
        key=KeyMethod(
            inputs={
                "api_key": ConnectionInput(
                    title="API key",
                    description="The public half of the pair.",
                    example="0123456789abcdeffedcba9876543210",
                    pattern=r"[0-9a-f]{32}",
                    where=KEYS,
                ),
                "secret_key": ConnectionInput(
                    title="Secret key",
                    description="The secret half of the same pair.",
                    example="fedcba98765432100123456789abcdef",
                    pattern=r"[0-9a-f]{32}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${api_key}", "${secret_key}"),  # quirk 1
            verify=Verify(url="https://api.mailjet.com/v3/REST/myprofile", refused_statuses=(401,)),
            account=account_lookup(
                id="${connection_config.api_key}", label="Key ${connection_config.api_key}"
            ),  # quirk 2
        ),
    )
