"""Cloudflare connector: a pasted API token.

Quirks:
1. Every token may verify itself, whatever its permissions are. A token of an account verifies
   itself elsewhere, and is refused here.
2. The answer names the token and not its user: each token is an account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested. A token has the permissions that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://dash.cloudflare.com/profile/api-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="cloudflare",
        display_name="Cloudflare",
        description="Domains, DNS records, Workers and storage at Cloudflare.",
        category="devtools",
        docs_url="https://developers.cloudflare.com/fundamentals/api/get-started/create-token/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.cloudflare.com/client/v4",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your user. Global API keys are another kind.",
                    example="0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"[A-Za-z0-9_-]{40,100}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.cloudflare.com/client/v4/user/tokens/verify",
                refused_statuses=(401,),
            ),  # quirk 1
            account=account_lookup(id="result.id", label="Token ${result.id}"),  # quirk 2
        ),
    )
