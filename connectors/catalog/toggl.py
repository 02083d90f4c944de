"""Toggl Track connector: a pasted API token.

Quirks:
1. The token is the user of HTTP Basic, and the password is the word api_token.
2. A wrong token is 403, not 401.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://track.toggl.com/profile"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="toggl",
        display_name="Toggl Track",
        description="Time entries: what somebody worked on, and for how long.",
        category="productivity",
        docs_url="https://engineering.toggl.com/docs/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.track.toggl.com/api/v9",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="The token of your profile.",
                    example="0123456789abcdeffedcba9876543210",
                    pattern=r"[0-9a-f]{32}",
                    secret=True,
                    where="At the bottom of your profile.",
                )
            },
            api_basic=("${key}", "api_token"),  # quirk 1
            verify=Verify(url="https://api.track.toggl.com/api/v9/me"),  # quirk 2
            account=account_lookup(id="id", label=("fullname", "email")),
        ),
    )
