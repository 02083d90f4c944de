"""LinkedIn OAuth connector.

Refresh: https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens

Quirks:
1. PKCE next to the client secret is refused: the exchange answers 401 ``invalid_client``, as for a
   wrong secret. The endpoints for PKCE are others, for native apps without a secret.
2. Only approved partners get a refresh token. It lives for a year, works again and again, and each
   answer names it. Everybody else has to connect again after 60 days.
3. A dead code or refresh token is refused with ``invalid_request``.
4. The answer separates the granted scopes by commas; the engine reads both.
5. LinkedIn's documentation has no revocation endpoint. Several integrations call this one with an
   access token; not confirmed, nor that a refresh token is taken.
6. A member who agreed before is not asked again, so connecting a second account needs another
   sign-in at LinkedIn first. There is no parameter for that.

Console: an app belongs to a company page. Add the product of the scopes under "Products".

Scopes: ``openid`` opens the userinfo endpoint and ``profile`` gives the name there. The product
"Sign In with LinkedIn using OpenID Connect" brings both to an app; posting needs
``w_member_social``, of the product "Share on LinkedIn".
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("linkedin", env),
        display_name="LinkedIn",
        description="The profile of a LinkedIn member: name and picture.",
        category="communication",
        docs_url="https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow",
        console_url="https://www.linkedin.com/developers/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://www.linkedin.com/oauth/v2/authorization",
        token_url="https://www.linkedin.com/oauth/v2/accessToken",
        revocation_url="https://www.linkedin.com/oauth/v2/revoke",  # quirk 5
        scopes=("openid", "profile"),
        scope_sets={
            "posts": ScopeSet(
                title="Posts", sentence="Publish and delete posts", scopes=("w_member_social",)
            )
        },
        use_pkce=False,  # quirk 1
        error_codes={"invalid_request": "invalid_grant"},  # quirk 3
        supports_refresh=True,  # quirk 2
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.linkedin.com/v2/userinfo", id="sub", label="name"
        ),
        api_base_url="https://api.linkedin.com",
    )
