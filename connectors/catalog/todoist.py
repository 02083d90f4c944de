"""Todoist OAuth connector.

Quirks:
1. Scopes are separated by commas.
2. Apps that are new get refresh tokens, which rotate; older ones get a token without an end.
3. Revoking is RFC 7009 with Basic, unlike the token endpoint.
4. PKCE is not documented for apps with a secret; servers ignore parameters that they do not know
   (RFC 6749 3.1).
5. ``response_type`` is not documented, nor ``grant_type`` at the exchange.

Unconfirmed: the address of the revocation endpoint, the life of an access token, and whether a used
refresh token goes on working; it is taken to be dead, which repeats no refresh.

Scopes: ``data:read`` reads tasks, projects and the account, and is the least that is useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("todoist", env),
        display_name="Todoist",
        description="Tasks and projects in Todoist: read, add and complete them.",
        category="productivity",
        docs_url="https://developer.todoist.com/api/v1/#tag/Authorization",
        console_url="https://app.todoist.com/app/settings/integrations/app-management",
        checked_on=date(2026, 11, 29),
        authorization_url="https://todoist.com/oauth/authorize",
        token_url="https://todoist.com/oauth/access_token",
        revocation_url="https://api.todoist.com/api/v1/revoke",
        revocation=Revocation(auth="client_header", token="access_token"),  # quirk 3
        scopes=("data:read",),
        scope_separator=",",  # quirk 1
        omit_authorize_params=frozenset({"response_type"}),  # quirk 5
        omit_token_params=frozenset({"grant_type"}),  # quirk 5
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("add", "task:add", "Add tasks", "Add tasks, and nothing else"),
                ("changes", "data:read_write", "Changes", "Change and complete your tasks"),
            )
        },
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.todoist.com/api/v1/user", id="id", label=("email", "full_name")
        ),
        api_base_url="https://api.todoist.com/api/v1",
    )
