"""Calendly OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication, and revocation the credentials in the body.
2. A refresh token can be used once. It has no end until then.
3. People, organizations and everything else are named by addresses: the account's id is one.
4. Calendly issues at most eight tokens a minute for a person.

Console: an OAuth app of a developer account, of the kind "Web", with the scopes ticked that are
requested.

Scopes: ``users:read`` opens the account, ``event_types:read`` and ``scheduled_events:read`` show
what can be booked and what is booked.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("calendly", env),
        display_name="Calendly",
        description="Meetings booked with Calendly: see who comes when, and offer times.",
        category="productivity",
        docs_url="https://developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users",
        console_url="https://developer.calendly.com/console/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://auth.calendly.com/oauth/authorize",
        token_url="https://auth.calendly.com/oauth/token",
        revocation_url="https://auth.calendly.com/oauth/revoke",
        revocation=Revocation(auth="client_body"),  # quirk 1
        scopes=("users:read", "event_types:read", "scheduled_events:read"),
        scope_sets={
            "scheduling": ScopeSet(
                title="Scheduling",
                sentence="Book and cancel meetings",
                scopes=("scheduled_events:write",),
            )
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.calendly.com/users/me",
            id="resource.uri",  # quirk 3
            label=("resource.email", "resource.name"),
            metadata={"organization": "resource.current_organization"},
        ),
        api_base_url="https://api.calendly.com",
    )
