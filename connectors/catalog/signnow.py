"""SignNow OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. There are no scopes to choose: the authorization page takes none, and the answer says ``*``.
3. The documentation knows no PKCE, and integrators turn it off.
4. A refresh token works once. Access tokens live for 30 days.
5. A token is ended with ``DELETE /oauth2/token``. How that request names the token and the client
   is not confirmed, so it is left out.

Console: an app of the API dashboard. One in development reaches only the sandbox, at other
addresses.

Scopes: none are sent.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("signnow", env),
        display_name="SignNow",
        description="Documents, templates and invitations to sign in SignNow.",
        category="legal",
        docs_url="https://docs.signnow.com/docs/signnow/reference/operations/create-a-oauth-2-token",
        console_url="https://app.signnow.com/webapp/api-dashboard/keys",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.signnow.com/authorize",
        token_url="https://api.signnow.com/oauth2/token",
        scopes_sent=False,  # quirk 2
        use_pkce=False,  # quirk 3
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.signnow.com/user", id="id", label=("primary_email", "first_name")
        ),
        api_base_url="https://api.signnow.com",
    )
