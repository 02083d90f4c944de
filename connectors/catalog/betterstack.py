"""Better Stack connector: a pasted API token of Uptime.

Quirks:
1. A token of a team opens that team alone. A global token opens all, and then a new incident has to
   name its team.
2. Logs are sent to a host of their source, with the token of the source in the place of this one.
   Both cannot be one connection, and that token cannot be checked without sending a line.

Console: API tokens, team-based tokens, Uptime API tokens.

Scopes: none exist. A global token is made with an access level.

Unconfirmed: the letters and the length of a token; every text without blanks is accepted.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="betterstack",
        display_name="Better Stack",
        description="Uptime monitoring and on-call: monitors, incidents and who is alerted.",
        category="devtools",
        docs_url="https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/",
        console_url="https://betterstack.com/settings/global-api-tokens",
        checked_on=date(2026, 11, 29),
        api_base_url="https://uptime.betterstack.com/api",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="An Uptime token of your team, or a global one.",
                    example="Abcdefghij0123456789KLMN",
                    pattern=r"[A-Za-z0-9_-]{16,120}",
                    secret=True,
                    where="https://betterstack.com/settings/global-api-tokens",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://uptime.betterstack.com/api/v2/monitors", refused_statuses=(401,)
            ),
        ),
    )
