"""Eventbrite OAuth connector.

Quirks:
1. There are no scopes: an app gets all that the person can do.
2. There are no refresh tokens, and no answer tells an end: a token is used until the API refuses
   it.
3. There is no revocation endpoint; people remove the app in their settings.
4. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).
5. An address of the API ends with a slash: without one, it redirects.

Unconfirmed: client authentication, token life, refusals and the members of the account's answer,
which were described without the provider's own documentation at hand.

Scopes: none exist, none are requested.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("eventbrite", env),
        display_name="Eventbrite",
        description="Events and ticket sales on Eventbrite: read orders and attendees.",
        category="marketing",
        docs_url="https://www.eventbrite.com/platform/api#/introduction/authentication",
        console_url="https://www.eventbrite.com/account-settings/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.eventbrite.com/oauth/authorize",
        token_url="https://www.eventbrite.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://www.eventbriteapi.com/v3/users/me/",
            id="id",
            label=("emails[primary=true].email", "name"),
        ),
        api_base_url="https://www.eventbriteapi.com/v3",
    )
