"""Buildkite connector: a pasted API access token.

Quirks:
1. Every token may ask about itself; only some may read the user. So the token is the account, and
   its description the label.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a token has those that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://buildkite.com/user/api-access-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="buildkite",
        display_name="Buildkite",
        description="Pipelines, builds and agents that run on machines of your own.",
        category="devtools",
        docs_url="https://buildkite.com/docs/apis/rest-api",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.buildkite.com/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API access token",
                    description="A token of yours. It begins with bkua_.",
                    example="bkua_0123456789abcdef0123456789abcdef01234567",
                    pattern=r"bkua_[a-z0-9]{40}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.buildkite.com/v2/access-token", refused_statuses=(401,)),
            account=account_lookup(id="uuid", label="description"),  # quirk 1
        ),
    )
