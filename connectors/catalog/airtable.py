"""Airtable OAuth connector.

Quirks:
1. PKCE with S256 is required, and Basic authentication: a secret in the body is refused.
2. A refresh ends both old tokens, and using an old refresh token again ends the whole grant.
3. ``token_type`` is documented as ``"Bearer "``, with a space at its end; the engine trims it.
4. The e-mail address is there only with ``user.email:read``; without it the id is the label.
5. Airtable's reference does not show the revocation endpoint that several integrations call.

Console: tick each default scope at the integration; a scope that is not ticked is refused.

Scopes: ``user.email:read`` gives the label by which people recognise the account; a tool needs
``schema.bases:read`` and ``data.records:read`` at least to find a base and read it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("airtable", env),
        display_name="Airtable",
        description="Bases, tables and records of Airtable: read and change them.",
        category="data",
        docs_url="https://airtable.com/developers/web/api/oauth-reference",
        console_url="https://airtable.com/create/oauth",
        checked_on=date(2026, 11, 21),
        authorization_url="https://airtable.com/oauth2/v1/authorize",
        token_url="https://airtable.com/oauth2/v1/token",
        revocation_url="https://airtable.com/oauth2/v1/revoke",  # quirk 5
        scopes=("user.email:read", "schema.bases:read", "data.records:read"),
        scope_sets={
            "records": ScopeSet(
                title="Records",
                sentence="Create, change and delete records",
                scopes=("data.records:write",),
            ),
            "webhooks": ScopeSet(
                title="Webhooks",
                sentence="Have changes of a base told to an address",
                scopes=("webhook:manage",),
            ),
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.airtable.com/v0/meta/whoami",
            id="id",
            label="email",  # quirk 4
        ),
        api_base_url="https://api.airtable.com/v0",
    )
