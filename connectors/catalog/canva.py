"""Canva Connect OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication; PKCE is required.
2. A refresh token works once; the answer brings the next.
3. Revoking a refresh token ends the person's consent.
4. An account is a person in a team. The API tells no name without another call, so the label is
   made of the person's id.

Console: an integration in the Developer Portal. Choose the scopes there, too; one for other people
than your team's has to pass Canva's review.

Scopes: ``design:meta:read`` opens the list of designs, and ``folder:read`` the folders that they
lie in. The account itself needs no scope.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("canva", env),
        display_name="Canva",
        description="Designs of Canva: find them, create them, and export them as files.",
        category="design",
        docs_url="https://www.canva.dev/docs/connect/authentication/",
        console_url="https://www.canva.com/developers/integrations",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.canva.com/api/oauth/authorize",
        token_url="https://api.canva.com/rest/v1/oauth/token",
        revocation_url="https://api.canva.com/rest/v1/oauth/revoke",  # quirk 3
        scopes=("design:meta:read", "folder:read"),
        scope_sets={
            "designs": ScopeSet(
                title="Designs", sentence="Create designs", scopes=("design:content:write",)
            ),
            "exports": ScopeSet(
                title="Exports",
                sentence="See the contents of designs, and export them",
                scopes=("design:content:read",),
            ),
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.canva.com/rest/v1/users/me",
            id="${team_user.team_id}:${team_user.user_id}",
            label="Canva ${team_user.user_id}",  # quirk 4
        ),
        api_base_url="https://api.canva.com/rest/v1",
    )
