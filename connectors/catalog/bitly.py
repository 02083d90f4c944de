"""Bitly OAuth connector.

Quirks:
1. There are no scopes: an app gets all that the person can do.
2. ``grant_type`` is not documented at the exchange, nor ``response_type`` on the authorization
   page.
3. The token endpoint answers with a form unless JSON is asked for; the gateway asks for it.
4. There are no refresh tokens, and a token has no end.
5. There is no revocation endpoint; people remove the app in their settings.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: client authentication, token life, refusals and the members of the account's answer,
which were described without the provider's own documentation at hand.

Scopes: none exist, none are requested.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("bitly", env),
        display_name="Bitly",
        description="Short links of Bitly: make them, and see how often they are followed.",
        category="marketing",
        docs_url="https://dev.bitly.com/docs/getting-started/authentication/",
        console_url="https://app.bitly.com/settings/api/oauth/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://bitly.com/oauth/authorize",
        token_url="https://api-ssl.bitly.com/oauth/access_token",
        scopes_sent=False,  # quirk 1
        omit_authorize_params=frozenset({"response_type"}),  # quirk 2
        omit_token_params=frozenset({"grant_type"}),  # quirk 2
        supports_refresh=False,  # quirk 4
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api-ssl.bitly.com/v4/user", id="login", label=("emails[0].email", "name")
        ),
        api_base_url="https://api-ssl.bitly.com/v4",
    )
