"""Linear OAuth connector.

Quirks:
1. Scopes are requested with commas, and listed with spaces in the answer. With spaces in the
   request they are one unknown scope.
2. Without ``prompt=consent``, connecting a second workspace silently returns the first one.
3. An access token lives for 24 hours, and each refresh brings a new refresh token (since April
   2026). The same refresh may be repeated for 30 minutes.
4. The account is read by GraphQL, where a failure is HTTP 200 with ``errors``.
5. Revoking takes the token alone, without client authentication.
6. Apps made before December 2023 get ``scope`` as a JSON array. The engine reads both.

Scopes: ``read`` shows issues, projects and the account; ``issues:create`` is the most frequent
reason to connect, and much less than ``write``, which a tool that changes things names.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("linear", env),
        display_name="Linear",
        description="Issues and projects of a Linear workspace: read them and create new ones.",
        category="productivity",
        docs_url="https://linear.app/developers/oauth-2-0-authentication",
        console_url="https://linear.app/settings/api/applications/new",
        checked_on=date(2026, 11, 21),
        authorization_url="https://linear.app/oauth/authorize",
        token_url="https://api.linear.app/oauth/token",
        revocation_url="https://api.linear.app/oauth/revoke",
        revocation=Revocation(auth="none"),  # quirk 5
        scopes=("read", "issues:create"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("comments", "comments:create", "Comments", "Write comments on issues as you"),
                ("changes", "write", "Changes", "Change issues, projects and comments"),
            )
        },
        scope_separator=",",  # quirk 1
        extra_authorize_params={"prompt": "consent"},  # quirk 2
        supports_refresh=True,  # quirk 3
        refresh_grace_seconds=1800,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 4
            url="https://api.linear.app/graphql",
            method="POST",
            json={"query": "{ viewer { id name email } organization { id name urlKey } }"},
            id="${data.organization.id}:${data.viewer.id}",
            label=("data.organization.name", "data.viewer.name"),
            metadata={
                "organization_url_key": "data.organization.urlKey",
                "email": "data.viewer.email",
            },
        ),
        api_base_url="https://api.linear.app",
    )
