"""Vercel OAuth connector, by "Sign in with Vercel".

Quirks:
1. PKCE (S256) is required.
2. ``offline_access`` brings a refresh token. It lives for 30 days, and each refresh replaces it.
3. The callback names its issuer, which the metadata promises.
4. A token opens the profile. The REST API wants permissions that Vercel grants to apps in a private
   beta; a team's projects need an access token that a person makes.

Unconfirmed: whether a refresh token that was used ends the grant. It is taken to; then no refresh
whose answer was lost is repeated.

Console: an app under Team Settings, Apps, with the default scopes and a client secret.

Scopes: ``openid`` opens the userinfo endpoint, ``profile`` and ``email`` give name and address
there, and ``offline_access`` is quirk 2.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("vercel", env),
        display_name="Vercel",
        description="The profile of a Vercel user: name, user name and e-mail address.",
        category="devtools",
        docs_url="https://vercel.com/docs/sign-in-with-vercel/authorization-server-api",
        console_url="https://vercel.com/dashboard",
        checked_on=date(2026, 11, 29),
        authorization_url="https://vercel.com/oauth/authorize",
        token_url="https://api.vercel.com/login/oauth/token",
        revocation_url="https://api.vercel.com/login/oauth/token/revoke",
        issuer="https://vercel.com",  # quirk 3
        issuer_required=True,
        scopes=("openid", "profile", "email", "offline_access"),  # quirk 2
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.vercel.com/login/oauth/userinfo",
            id="sub",
            label=("email", "preferred_username"),
        ),
        api_base_url="https://api.vercel.com",
    )
