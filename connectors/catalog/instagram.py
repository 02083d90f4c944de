"""Instagram OAuth connector, by business login: the API with Instagram login.

Quirks:
1. The token of the code lives for an hour and is exchanged for one of 60 days, which renews itself
   once it is a day old; there is no refresh token.
2. The answer lists the granted scopes as ``permissions``, without ``expires_in``.
3. Refusals of the Graph API have a number for a code: 190 is a dead token.
4. There is no revocation endpoint; people remove the app in their settings.

Unconfirmed: the place of the token. The documentation shows it inside ``data``, a list; clients
read it at the top of the answer, as here.

Console: an app of the type Business with the product Instagram, and the redirect URI under Business
login settings. People need a professional account.

Scopes: ``instagram_business_basic`` opens profile and media, and
``instagram_business_manage_insights`` their numbers.
"""

from datetime import date

from connectors import ConnectorConfig, Env, LongLived, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("instagram", env),
        display_name="Instagram",
        description="Profile, media and comments of an Instagram professional account.",
        category="media",
        docs_url="https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login",
        console_url="https://developers.facebook.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.instagram.com/oauth/authorize",
        token_url="https://api.instagram.com/oauth/access_token",
        long_lived=LongLived(  # quirk 1
            exchange_url="https://graph.instagram.com/access_token",
            exchange_params={
                "grant_type": "ig_exchange_token",
                "client_secret": "${client_secret}",
                "access_token": "${access_token}",
            },
            renew_url="https://graph.instagram.com/refresh_access_token",
            renew_params={"grant_type": "ig_refresh_token", "access_token": "${access_token}"},
        ),
        refresh_grace_seconds=86400,
        scope_separator=",",
        scopes=("instagram_business_basic", "instagram_business_manage_insights"),
        scope_sets={
            "publishing": ScopeSet(
                title="Publishing",
                sentence="Publish photos and videos",
                scopes=("instagram_business_content_publish",),
            ),
            "comments": ScopeSet(
                title="Comments",
                sentence="Read, answer and hide comments",
                scopes=("instagram_business_manage_comments",),
            ),
        },
        granted_scopes_path="permissions",  # quirk 2
        error_codes={"190": "invalid_grant"},  # quirk 3
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://graph.instagram.com/me?fields=user_id,username",
            id="user_id",
            label="username",
        ),
        api_base_url="https://graph.instagram.com",
    )
