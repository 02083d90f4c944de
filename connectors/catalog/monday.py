"""monday.com OAuth connector: OAuth 2.1, which every new app has.

Quirks:
1. The token address is ``/oauth_ms/oauth/token``, and its body is JSON. That of the older flow is
   another; the tokens of that flow do not end, and monday.com takes them out of use.
2. No ``expires_in``: a token is used until the API refuses it, and refreshed then. Each refresh
   yields another refresh token.
3. Revoking wants JSON, too.
4. Without ``API-Version`` the API answers in its current version, which changes each quarter.
5. The API is GraphQL: a failure is a 200 with ``errors``.

Console: a new app in the Developer Center. In an older one, switch "New OAuth Flow" on for the
version of the app that is live. An administrator has to install the app before people can connect.

Scopes: ``me:read`` lets the account be read, and ``boards:read`` the boards and their items.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("monday", env),
        display_name="monday.com",
        description="Boards and items of monday.com: read them and add items.",
        category="productivity",
        docs_url="https://developer.monday.com/apps/docs/oauth-2-1",
        console_url="https://auth.monday.com/users/sign_in_new?to=/apps/manage",
        checked_on=date(2026, 11, 29),
        authorization_url="https://auth.monday.com/oauth2/authorize",
        token_url="https://auth.monday.com/oauth_ms/oauth/token",  # quirk 1
        revocation_url="https://auth.monday.com/oauth_ms/oauth/revoke",
        revocation=Revocation(body_format="json"),  # quirk 3
        scopes=("me:read", "boards:read"),
        scope_sets={
            "boards": ScopeSet(
                title="Boards", sentence="Add and change items of boards", scopes=("boards:write",)
            )
        },
        body_format="json",  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.monday.com/v2",
            method="POST",
            json={"query": "{ me { id name email } }"},
            id="data.me.id",
            label=("data.me.email", "data.me.name"),
        ),
        api_base_url="https://api.monday.com",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "API-Version": "2026-10",
        },  # quirk 4
    )
