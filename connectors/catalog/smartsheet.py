"""Smartsheet OAuth connector, for smartsheet.com.

Quirks:
1. The token endpoint takes the secret itself, or a hash of secret and code: the secret is sent.
2. Revoking is a DELETE of the token address with the access token as Bearer, and nothing else.
3. Europe, Australia and Gov have hosts and apps of their own, which are not described here.
4. No answer lists the granted scopes: a person grants all or nothing.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the scope that the account needs, and whether a used refresh token goes on working; it
is taken to be dead, which repeats no refresh.

Console: "Developer Tools" of an account that is registered as a developer's.

Scopes: ``READ_SHEETS`` reads sheets and what is in them, the least that is useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("smartsheet", env),
        display_name="Smartsheet",
        description="Sheets and reports in Smartsheet: read them, and change their rows.",
        category="productivity",
        docs_url="https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/oauth",
        console_url="https://app.smartsheet.com/b/home",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.smartsheet.com/b/authorize",
        token_url="https://api.smartsheet.com/2.0/token",  # quirk 1
        revocation_url="https://api.smartsheet.com/2.0/token",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 2
        scopes=("READ_SHEETS",),
        scope_sets={
            "changes": ScopeSet(
                title="Changes", sentence="Change sheets and their rows", scopes=("WRITE_SHEETS",)
            ),
            "create": ScopeSet(
                title="New sheets", sentence="Create sheets", scopes=("CREATE_SHEETS",)
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.smartsheet.com/2.0/users/me", id="id", label=("email", "firstName")
        ),
        api_base_url="https://api.smartsheet.com/2.0",
    )
