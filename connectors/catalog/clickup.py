"""ClickUp OAuth connector.

Quirks:
1. The authorization page knows ``client_id``, ``redirect_uri`` and ``state``, and the exchange
   ``client_id``, ``client_secret`` and ``code``.
2. Access tokens do not expire; there is no refresh token.
3. There is no revocation endpoint; people remove the app in their settings.
4. Refusals are ``{"err", "ECODE"}`` with codes of ClickUp's own; ``OAUTH_010`` is an unknown app.

Unconfirmed: whether the exchange is meant to be JSON, a form or a query. Clients use all three.

Console: an owner or admin of a workspace creates the app under Settings, Apps.

Scopes: none exist. The person chooses the workspaces that the app may use.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ErrorInSuccess, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("clickup", env),
        display_name="ClickUp",
        description="Tasks, lists and spaces of ClickUp: read them and create tasks.",
        category="productivity",
        docs_url="https://developer.clickup.com/docs/authentication",
        console_url="https://app.clickup.com/settings/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.clickup.com/api",
        token_url="https://api.clickup.com/api/v2/oauth/token",
        omit_authorize_params=frozenset({"response_type"}),  # quirk 1
        omit_token_params=frozenset({"grant_type", "redirect_uri"}),  # quirk 1
        scopes_sent=False,
        body_format="json",
        error_in_success=ErrorInSuccess(code="ECODE"),  # quirk 4
        error_codes={"OAUTH_010": "invalid_client"},  # quirk 4
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.clickup.com/api/v2/user",
            id="user.id",
            label=("user.email", "user.username"),
        ),
        api_base_url="https://api.clickup.com/api/v2",
    )
