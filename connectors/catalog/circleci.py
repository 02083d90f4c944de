"""CircleCI connector: a pasted personal API token.

Quirks:
1. The token goes into a header named Circle-Token.
2. Tokens of before 2023 are 40 hexadecimal digits, and work still. Tokens of a project are for the
   older API.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.circleci.com/settings/user/tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="circleci",
        display_name="CircleCI",
        description="Pipelines, workflows and jobs that build and test software.",
        category="devtools",
        docs_url="https://circleci.com/docs/api/v2/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://circleci.com/api/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Personal API token",
                    description="A token of your account.",
                    example="CCIPAT_0123456789abcdefghijAB_0123456789abcdef0123456789abcdef01234567",
                    pattern=r"CCIPAT_[A-Za-z0-9]{22}_[0-9a-f]{40}|[0-9a-f]{40}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Circle-Token": "${key}"},  # quirk 1
            verify=Verify(url="https://circleci.com/api/v2/me", refused_statuses=(401,)),
            account=account_lookup(id="id", label=("name", "login")),
        ),
    )
