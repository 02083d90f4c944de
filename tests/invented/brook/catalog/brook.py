"""Brook OAuth connector.

Quirks:
1. The client authenticates with HTTP Basic, and token requests are JSON.
2. There are no refresh tokens: a token lives until the person removes the app.
3. The account stands in the token answer.

Scopes: ``boards.read`` finds a board, ``cards.read`` reads what is on it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("brook", env),
        display_name="Brook",
        description="Boards and their cards: find a board and read what is on it.",
        category="productivity",
        docs_url="https://developers.brook.example/oauth",
        console_url="https://brook.example/developer/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="https://brook.example/oauth/authorize",
        token_url="https://api.brook.example/oauth/token",
        scopes=("boards.read", "cards.read"),
        scope_separator=",",
        authorization_method="header",  # quirk 1
        body_format="json",  # quirk 1
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id="${team.id}:${user.id}", label=("user.name", "team.name")
        ),  # quirk 3
        api_base_url="https://api.brook.example/v1",
    )
