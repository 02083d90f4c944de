"""Airtable connector: OAuth, or a pasted personal access token.

Quirks:
1. PKCE with S256 is required, and Basic authentication: a secret in the body is refused.
2. A refresh ends both old tokens, and using an old refresh token again ends the whole grant.
3. ``token_type`` is documented as ``"Bearer "``, with a space at its end; the engine trims it.
4. The e-mail address is there only with ``user.email:read``; without it the id is the label.
5. Airtable's reference does not show the revocation endpoint that several integrations call.
6. A personal access token is used like an OAuth token, and has scopes and bases of its own choice.

Console: tick each default scope at the integration; a scope that is not ticked is refused.

Scopes: ``user.email:read`` gives the label by which people recognise the account; a tool needs
``schema.bases:read`` and ``data.records:read`` at least to find a base and read it.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    ScopeSet,
    Verify,
    account_lookup,
    app,
)

WHOAMI = "https://api.airtable.com/v0/meta/whoami"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("airtable", env),
        display_name="Airtable",
        description="Bases, tables and records of Airtable: read and change them.",
        category="data",
        docs_url="https://airtable.com/developers/web/api/oauth-reference",
        console_url="https://airtable.com/create/oauth",
        checked_on=date(2026, 11, 29),
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
            url=WHOAMI,
            id="id",
            label="email",  # quirk 4
        ),
        key=KeyMethod(  # quirk 6
            inputs={
                "key": ConnectionInput(
                    title="Personal access token",
                    description="A token of your account. It begins with pat.",
                    example="patAbCdEf01234567.0123456789abcdef" + "0123456789abcdef" * 3,
                    pattern=r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
                    secret=True,
                    where="https://airtable.com/create/tokens",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url=WHOAMI, refused_statuses=(401,)),
            account=account_lookup(id="id", label="email"),  # quirk 4
        ),
        api_base_url="https://api.airtable.com/v0",
    )
