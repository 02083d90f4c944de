"""Clio OAuth connector, for Clio Manage in the United States.

Quirks:
1. The scopes are ticked at the app; the authorization page has no parameter for them.
2. A refresh token is used again and again, and has no end. A refresh answers without one.
3. Canada, Europe and Australia have hosts and apps of their own, which are not described here; nor
   is the Clio Platform API, which has another authorization server.
4. Revoking takes the access token as Bearer, and nothing else.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the answer of the revocation endpoint.

Console: a developer application with the permissions that tools need; reading users is among them.

Scopes: none are requested; the app's own permissions are granted.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("clio", env),
        display_name="Clio",
        description="Matters, contacts and time entries of a law firm in Clio Manage.",
        category="legal",
        docs_url="https://docs.developers.clio.com/api-docs/authorization/",
        console_url="https://developers.clio.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.clio.com/oauth/authorize",
        token_url="https://app.clio.com/oauth/token",
        revocation_url="https://app.clio.com/oauth/deauthorize",
        revocation=Revocation(auth="access_token", token=None),  # quirk 4
        scopes_sent=False,  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://app.clio.com/api/v4/users/who_am_i", id="data.id", label="data.name"
        ),
        api_base_url="https://app.clio.com/api/v4",
    )
