"""Webex OAuth connector.

Quirks:
1. A refresh answers with the same refresh token, and its 90 days begin again.
2. Neither the answer of an exchange nor that of a refresh lists the scopes.
3. An integration has no revocation endpoint of its own; people remove it in their settings.

Console: My Webex Apps, Create a New App, Integration, with its redirect URI and scopes.

Scopes: ``spark:people_read`` lets the account be read; ``spark:rooms_read`` is the smallest that
makes a new connection useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("webex", env),
        display_name="Webex",
        description="Spaces, messages and meetings of a Webex user.",
        category="communication",
        docs_url="https://developer.webex.com/docs/integrations",
        console_url="https://developer.webex.com/my-apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://webexapis.com/v1/authorize",
        token_url="https://webexapis.com/v1/access_token",
        scopes=("spark:people_read", "spark:rooms_read"),
        scope_sets={
            "messages": ScopeSet(
                title="Messages",
                sentence="Read the messages of your spaces, and write some as you",
                scopes=("spark:messages_read", "spark:messages_write"),
            ),
            "meetings": ScopeSet(
                title="Meetings", sentence="See your meetings", scopes=("meeting:schedules_read",)
            ),
        },
        supports_refresh=True,
        refresh_rotation="none",  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://webexapis.com/v1/people/me", id="id", label=("displayName", "emails[0]")
        ),
        api_base_url="https://webexapis.com/v1",
    )
