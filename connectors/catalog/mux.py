"""Mux connector: a pasted access token, which is an id and a secret.

Quirks:
1. Id and secret are user and password of HTTP Basic.
2. A token belongs to one environment of an organization, and so do all videos that it sees.
3. 403 is an answer to a right token without a permission; a wrong one is 401.

Console: Settings, Access Tokens. Tools need "Mux Video" with Read and Write.

Scopes: none exist. A token has the permissions that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

TOKENS = "https://dashboard.mux.com/settings/access-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mux",
        display_name="Mux",
        description="Video for developers: put videos online, stream them and read how they play.",
        category="media",
        docs_url="https://www.mux.com/docs/core/make-api-requests",
        console_url=TOKENS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.mux.com",
        key=KeyMethod(
            inputs={
                "token_id": ConnectionInput(
                    title="Token ID",
                    description="The id of an access token of your environment.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    where=TOKENS,
                ),
                "token_secret": ConnectionInput(
                    title="Token secret",
                    description="The secret of the same token. Mux shows it once.",
                    example="0123456789abcdefghijABCDEFGHIJ+/0123456789",
                    pattern=r"[A-Za-z0-9+/=_-]{30,200}",
                    secret=True,
                    where=TOKENS,
                ),
            },
            api_basic=("${token_id}", "${token_secret}"),  # quirk 1
            verify=Verify(
                url="https://api.mux.com/system/v1/whoami",
                refused_statuses=(401,),  # quirk 3
            ),
            account=account_lookup(  # quirk 2
                id="data.environment_id",
                label="${data.organization_name}, ${data.environment_name}",
            ),
        ),
    )
