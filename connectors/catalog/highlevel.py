"""HighLevel OAuth connector, for a location (sub-account).

Quirks:
1. ``user_type=Location`` has to be in both token requests: without it the token may be that of the
   agency.
2. A person chooses one location, which the token answer names; its name is one call away.
3. A refresh token can be used once.
4. Every API call names the version of the API.
5. There is no revocation endpoint; people uninstall the app.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: client authentication, token life, refusals and the members of the account's answer,
which were described without the provider's own documentation at hand.

Console: an app of the marketplace with "Sub-Account" as its distribution and the scopes ticked.

Scopes: ``locations.readonly`` opens the account, and ``contacts.readonly`` its contacts.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app

API = "https://services.leadconnectorhq.com"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("highlevel", env),
        display_name="HighLevel",
        description="Contacts, calendars and conversations of a HighLevel location.",
        category="crm",
        docs_url="https://marketplace.gohighlevel.com/docs/Authorization/OAuth2.0",
        console_url="https://marketplace.gohighlevel.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://marketplace.gohighlevel.com/oauth/chooselocation",
        token_url=f"{API}/oauth/token",
        scopes=("locations.readonly", "contacts.readonly"),
        scope_sets={
            "contacts": ScopeSet(
                title="Contacts", sentence="Add and change contacts", scopes=("contacts.write",)
            ),
            "calendars": ScopeSet(
                title="Calendars",
                sentence="See calendars and appointments",
                scopes=("calendars.readonly", "calendars/events.readonly"),
            ),
        },
        extra_token_params={"user_type": "Location"},  # quirk 1
        extra_refresh_params={"user_type": "Location"},  # quirk 1
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 2
            url=f"{API}/locations/${{metadata.location_id}}",
            id="location.id",
            label=("location.name", "location.email"),
        ),
        token_metadata={"location_id": "locationId"},  # quirk 2
        api_base_url=API,
        api_headers={"Authorization": "Bearer ${access_token}", "Version": "2021-07-28"},  # quirk 4
    )
