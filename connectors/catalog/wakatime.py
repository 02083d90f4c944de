"""WakaTime OAuth connector.

Quirks:
1. Scopes are separated by commas.
2. The token answer is a form unless JSON is asked for; both are read.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice. Nor how
long an access token lives.

Scopes: ``email`` tells the person's address, ``read_summaries`` the time by project and language.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("wakatime", env),
        display_name="WakaTime",
        description="Time spent coding, by project, language and editor, as WakaTime measures it.",
        category="devtools",
        docs_url="https://wakatime.com/developers#authentication",
        console_url="https://wakatime.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://wakatime.com/oauth/authorize",
        token_url="https://wakatime.com/oauth/token",
        revocation_url="https://wakatime.com/oauth/revoke",
        scopes=("email", "read_summaries"),
        scope_separator=",",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://wakatime.com/api/v1/users/current",
            id="data.id",
            label=("data.email", "data.username"),
        ),
        api_base_url="https://wakatime.com/api/v1",
    )
