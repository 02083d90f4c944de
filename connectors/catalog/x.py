"""X (Twitter) OAuth connector, for the API v2.

Quirks:
1. A confidential client authenticates by Basic alone: a secret in the body is refused with 401
   ``unauthorized_client`` and "Missing valid authorization header".
2. PKCE is required.
3. Only ``offline.access`` brings a refresh token.
4. A dead code or refresh token is refused with 400 ``invalid_request`` and "Value passed for the
   token was invalid": RFC 6749 would blame the request.
5. A refresh yields a new refresh token. Clients report that the old one works once, and that using
   it again ends the grant; the documentation does not say so.
6. A code lives for 30 seconds: it is exchanged inside the callback.
7. The account is nested in ``data``. Handles change; the id does not.

Console: switch on OAuth 2.0 under "User authentication settings", as a web app (quirk 1). The
client id and its secret are others than the API key and its secret.

Scopes: ``users.read`` and ``tweet.read`` are both needed to read one's own account, and the least
with which a tool can do anything; ``offline.access`` is quirk 3.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("x", env),
        display_name="X",
        description="Posts and profiles on X: read what an account can see.",
        category="communication",
        alias="twitter",
        docs_url="https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code",
        console_url="https://developer.x.com/en/portal/dashboard",
        checked_on=date(2026, 11, 28),
        authorization_url="https://x.com/i/oauth2/authorize",
        token_url="https://api.x.com/2/oauth2/token",
        revocation_url="https://api.x.com/2/oauth2/revoke",
        scopes=("tweet.read", "users.read", "offline.access"),  # quirk 3
        scope_sets={
            "post": ScopeSet(
                title="Posts", sentence="Publish and delete posts", scopes=("tweet.write",)
            )
        },
        authorization_method="header",  # quirk 1
        error_codes={"invalid_request": "invalid_grant"},  # quirk 4
        supports_refresh=True,  # quirk 5
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 7
            url="https://api.x.com/2/users/me",
            id="data.id",
            label=("data.username", "data.name"),
            metadata={"name": "data.name"},
        ),
        api_base_url="https://api.x.com/2",
    )
