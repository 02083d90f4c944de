"""WordPress.com OAuth connector, for sites at WordPress.com and those that Jetpack connects.

Quirks:
1. The endpoints of OAuth 2.1 (``/oauth2-1/``) take PKCE and give refresh tokens. The older ones
   (``/oauth2/``) are still there, with tokens of one site that do not end.
2. Three APIs stand side by side, with one token: ``/rest/v1.1``, ``/wp/v2`` and ``/wpcom/v2``.

Unconfirmed: the exact answer of the token endpoint, and whether a used refresh token goes on
working. The provider's metadata says the endpoints, PKCE and the scopes.

Console: developer.wordpress.com/apps, a client of the type "Web" with its redirect URL.

Scopes: ``openid`` and ``profile`` open the account, ``sites`` and ``posts`` what a person writes.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app

SERVER = "https://public-api.wordpress.com/oauth2-1"  # quirk 1


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("wordpress", env),
        display_name="WordPress.com",
        description="Sites, posts, pages and comments at WordPress.com.",
        category="media",
        docs_url="https://developer.wordpress.com/docs/api/oauth2/",
        console_url="https://developer.wordpress.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{SERVER}/authorize",
        token_url=f"{SERVER}/token",
        revocation_url=f"{SERVER}/revoke",
        scopes=("openid", "profile", "sites", "posts"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("files", "media", "Media", "See and upload the files of your sites"),
                ("discussion", "comments", "Comments", "Read and moderate comments"),
                ("statistics", "stats", "Stats", "See how often your sites are read"),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{SERVER}/userinfo", id="sub", label=("name", "preferred_username")
        ),
        api_base_url="https://public-api.wordpress.com",
    )
