"""Facebook OAuth connector.

Quirks:
1. The token of the code lives for an hour or two and is exchanged for one of 60 days. There is no
   refresh token: the same exchange, made with the long-lived token, begins the 60 days anew.
2. The answer lists no scopes. People can decline single ones; only ``/me/permissions`` tells it.
3. Refusals have a number for a code: 190 is a dead token, 100 a dead code, 1 a wrong secret.
4. Disconnecting deletes the app's permissions, by the token itself: every token of the person ends.

Unconfirmed: that a long-lived token can be exchanged for a newer one. The documentation sends
people through the login again; clients exchange it.

Console: an app with Facebook Login for Business or the use case that fits, and its redirect URI.

Scopes: ``public_profile`` opens name and id, and ``pages_show_list`` the Pages that the person
manages.
"""

from datetime import date

from connectors import ConnectorConfig, Env, LongLived, Revocation, ScopeSet, account_lookup, app

GRAPH = "https://graph.facebook.com/v23.0"
LASTING = {
    "grant_type": "fb_exchange_token",
    "client_id": "${client_id}",
    "client_secret": "${client_secret}",
    "fb_exchange_token": "${access_token}",
}


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("facebook", env),
        display_name="Facebook",
        description="The Pages that a person manages at Facebook, and their posts.",
        category="media",
        docs_url="https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow",
        console_url="https://developers.facebook.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.facebook.com/v23.0/dialog/oauth",
        token_url=f"{GRAPH}/oauth/access_token",
        revocation_url=f"{GRAPH}/me/permissions",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 4
        long_lived=LongLived(  # quirk 1
            exchange_url=f"{GRAPH}/oauth/access_token",
            exchange_params=LASTING,
            renew_url=f"{GRAPH}/oauth/access_token",
            renew_params=LASTING,
        ),
        refresh_grace_seconds=86400,
        scope_separator=",",
        scopes=("public_profile", "pages_show_list"),  # quirk 2
        scope_sets={
            "posts": ScopeSet(
                title="Posts of Pages",
                sentence="Read and publish posts of the Pages that you manage",
                scopes=("pages_read_engagement", "pages_manage_posts"),
            )
        },
        error_codes={  # quirk 3
            "190": "invalid_grant",
            "100": "invalid_grant",
            "1": "invalid_client",
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(url=f"{GRAPH}/me?fields=id,name", id="id", label="name"),
        api_base_url=GRAPH,
    )
