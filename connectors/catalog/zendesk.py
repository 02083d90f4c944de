"""Zendesk OAuth connector.

Quirks:
1. Every customer has a host, ``{subdomain}.zendesk.com``, and ids of its own.
2. ``expires_in`` is wanted at the exchange and at each refresh: without it, OAuth clients from
   before May 2026 get tokens that never end and cannot be refreshed.
3. A refresh deletes both old tokens.
4. A token is revoked by a DELETE with itself, so an expired one cannot be.
5. A user who is not known is answered with 200 and an ``id`` that is null.

Console: an OAuth client of the kind "confidential" in the Admin Center. It belongs to one Zendesk;
one for all customers is a global OAuth client, which Zendesk grants on request.

Scopes: ``read`` opens tickets and the person's own profile for reading.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    Revocation,
    ScopeSet,
    account_lookup,
    app,
)

HOST = "https://${connection_config.subdomain}.zendesk.com"
LIFE = {"expires_in": "1800"}  # seconds; the default of newer clients


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("zendesk", env),
        display_name="Zendesk",
        description="Tickets, users and articles of a Zendesk account.",
        category="support",
        docs_url="https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/",
        console_url="https://support.zendesk.com/hc/articles/4408845965210",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{HOST}/oauth/authorizations/new",
        token_url=f"{HOST}/oauth/tokens",
        revocation_url=f"{HOST}/api/v2/oauth/tokens/current.json",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 4
        scopes=("read",),
        scope_sets={
            "tickets": ScopeSet(
                title="Tickets",
                sentence="Create, answer and change tickets",
                scopes=("tickets:write",),
            )
        },
        extra_token_params=LIFE,  # quirk 2
        extra_refresh_params=LIFE,  # quirk 2
        body_format="json",
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "subdomain": ConnectionInput(
                title="Subdomain",
                description="The name in your zendesk.com address.",
                example="acme",
                pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                suffix=".zendesk.com",
            )
        },
        fetch_account_info=account_lookup(
            url=f"{HOST}/api/v2/users/me.json",
            id="${connection_config.subdomain}:${user.id}",  # quirk 5
            label=("user.email", "user.name"),
        ),
        api_base_url=f"{HOST}/api/v2",
    )
