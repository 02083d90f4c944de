"""Basecamp OAuth connector.

Quirks:
1. A person may belong to several accounts, each with an API address of its own. The authorization
   lists them; the connection is for the first one of Basecamp 3 or later (``bc3``).
2. There are no scopes: a token does what the person can do.
3. Each API call has to name the app and a contact in ``User-Agent``. The gateway's own client does.
4. There is no revocation endpoint; people remove the app in their profile.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated.

Console: an integration at Launchpad for the product Basecamp, with its redirect URI.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app

ACCOUNT = "accounts[product=bc3]"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("basecamp", env),
        display_name="Basecamp",
        description="Projects, to-dos, messages and schedules of a Basecamp account.",
        category="productivity",
        docs_url="https://github.com/basecamp/bc3-api/blob/master/sections/authentication.md",
        console_url="https://launchpad.37signals.com/integrations",
        checked_on=date(2026, 11, 29),
        authorization_url="https://launchpad.37signals.com/authorization/new",
        token_url="https://launchpad.37signals.com/authorization/token",
        scopes_sent=False,  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://launchpad.37signals.com/authorization.json",
            id=f"${{{ACCOUNT}.id}}:${{identity.id}}",  # quirk 1
            label=(f"${{{ACCOUNT}.name}} (${{identity.email_address}})", f"{ACCOUNT}.name"),
            metadata={"account_id": f"{ACCOUNT}.id"},
        ),
        api_base_url="https://3.basecampapi.com/${metadata.account_id}",
        api_hosts=("launchpad.37signals.com",),
    )
