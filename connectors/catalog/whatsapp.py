"""WhatsApp Business Platform connector (Cloud API), by way of Facebook Login for Business.

Quirks:
1. The token of the code is exchanged for a long-lived one. There is no refresh token: the same
   exchange, made with the long-lived token, begins its life anew.
2. The answer lists no scopes. People can decline single ones; only ``/me/permissions`` tells it.
3. Refusals have a number for a code: 190 is a dead token, 100 a dead code, 1 a wrong secret.
4. Disconnecting deletes the app's permissions, by the token itself: every token of the person ends,
   also those that the connector ``facebook`` got with the same app.

Unconfirmed: that a long-lived token can be exchanged for a newer one. The documentation sends
people through the login again; clients exchange it.

Console: an app with the use case WhatsApp and Facebook Login for Business. Meta reviews both
scopes.

Scopes: ``whatsapp_business_management`` opens the business account, its numbers and templates;
``whatsapp_business_messaging`` sends messages.
"""

from datetime import date

from connectors import ConnectorConfig, Env, LongLived, Revocation, account_lookup, app

GRAPH = "https://graph.facebook.com/v24.0"
LASTING = {
    "grant_type": "fb_exchange_token",
    "client_id": "${client_id}",
    "client_secret": "${client_secret}",
    "fb_exchange_token": "${access_token}",
}


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("whatsapp", env),
        display_name="WhatsApp Business",
        description="Messages of a business at WhatsApp: send texts and templates to customers.",
        category="communication",
        docs_url="https://developers.facebook.com/docs/whatsapp/cloud-api",
        console_url="https://developers.facebook.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.facebook.com/v24.0/dialog/oauth",
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
        scopes=("whatsapp_business_management", "whatsapp_business_messaging"),  # quirk 2
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
