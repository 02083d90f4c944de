"""Snapchat OAuth connector, for the Ads API.

Quirks:
1. The Ads API has refusals of its own shape; those of the token endpoint are RFC 6749's.
2. There is no revocation endpoint; people remove the app in their account settings.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated. Nor is it known whether PKCE is verified.

Console: an OAuth app in the business details of Snapchat Ads Manager, with its redirect URI.

Scopes: ``snapchat-marketing-api`` is the only one of the Ads API.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("snapchat", env),
        display_name="Snapchat Ads",
        description="Ad accounts, campaigns and their numbers at Snapchat.",
        category="marketing",
        docs_url="https://developers.snap.com/api/marketing-api/Ads-API/authentication",
        console_url="https://business.snapchat.com",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts.snapchat.com/login/oauth2/authorize",
        token_url="https://accounts.snapchat.com/login/oauth2/access_token",
        scopes=("snapchat-marketing-api",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://adsapi.snapchat.com/v1/me",
            id="me.id",
            label=("me.email", "me.display_name"),
        ),
        api_base_url="https://adsapi.snapchat.com/v1",
    )
