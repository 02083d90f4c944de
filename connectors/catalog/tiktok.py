"""TikTok OAuth connector (Login Kit for the web).

Tokens: https://developers.tiktok.com/doc/oauth-user-access-token-management

Quirks:
1. ``client_id`` is called ``client_key``.
2. Scopes are separated by commas, in the request and in the answer.
3. PKCE is off: it is documented for mobile and desktop apps alone, where the challenge is written
   in hexadecimal and not as RFC 7636 says.
4. A person who agreed before is not asked again, unless ``disable_auto_auth=1``.
5. An access token lives for a day and a refresh token for a year. A refresh may bring another one.
6. Revoking takes the access token.
7. ``open_id`` is the person for this app; another app sees another one.

Console: add the product "Login Kit" and the default scopes. The redirect URI must be https and may
have no parameters.

Scopes: ``user.info.basic`` opens the account, and ``video.list`` the public videos.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("tiktok", env),
        display_name="TikTok",
        description="The profile and the public videos of a TikTok account.",
        category="media",
        docs_url="https://developers.tiktok.com/doc/login-kit-web",
        console_url="https://developers.tiktok.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.tiktok.com/v2/auth/authorize/",
        token_url="https://open.tiktokapis.com/v2/oauth/token/",
        revocation_url="https://open.tiktokapis.com/v2/oauth/revoke/",
        revocation=Revocation(token="access_token"),  # quirk 6
        scopes=("user.info.basic", "video.list"),
        scope_separator=",",  # quirk 2
        param_names={"client_id": "client_key"},  # quirk 1
        use_pkce=False,  # quirk 3
        extra_authorize_params={"disable_auto_auth": "1"},  # quirk 4
        supports_refresh=True,  # quirk 5
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://open.tiktokapis.com/v2/user/info/?fields=open_id,display_name",
            id="data.user.open_id",  # quirk 7
            label="data.user.display_name",
        ),
        api_base_url="https://open.tiktokapis.com/v2",
    )
