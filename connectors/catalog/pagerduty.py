"""PagerDuty OAuth connector, for an app with Scoped OAuth.

Quirks:
1. Apps with Scoped OAuth have scopes such as ``incidents.read``; classic apps know ``read`` and
   ``write`` alone, and other addresses (app.pagerduty.com).
2. The API is versioned by ``Accept``.
3. A key stands behind ``Token token=``, not behind ``Bearer``. A person's own key reads the person;
   a key of the whole account cannot, so the list of incidents shows whether a key is right.
4. Accounts of the European service region are not covered: their API has another host.

Console: Integrations, App Registration: a new app with OAuth 2.0, "Scoped OAuth" and the scopes.

Unconfirmed: which scope the person's own record needs; whether a used refresh token goes on working
(the gateway uses none twice); and the form of a key.

Scopes: ``users.read`` lets the account be read, ``incidents.read`` the incidents.
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

ACCEPT = "application/vnd.pagerduty+json;version=2"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("pagerduty", env),
        display_name="PagerDuty",
        description="Incidents and on-call schedules of PagerDuty: who is called, and for what.",
        category="devtools",
        docs_url="https://developer.pagerduty.com/docs/oauth-functionality",
        console_url="https://support.pagerduty.com/main/docs/app-registration",
        checked_on=date(2026, 11, 29),
        authorization_url="https://identity.pagerduty.com/oauth/authorize",
        token_url="https://identity.pagerduty.com/oauth/token",
        scopes=("users.read", "incidents.read"),  # quirk 1
        scope_sets={
            "incidents": ScopeSet(
                title="Incidents",
                sentence="Create, acknowledge and resolve incidents",
                scopes=("incidents.write",),
            ),
            "schedules": ScopeSet(
                title="Schedules", sentence="See the on-call schedules", scopes=("schedules.read",)
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.pagerduty.com/users/me",
            id="user.id",
            label=("user.email", "user.name"),
        ),
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A REST API key: one of yours, or of the account.",
                    example="u+0123456789abcdefgh",
                    pattern=r"[A-Za-z0-9_+-]{20,40}",
                    secret=True,
                    where="https://support.pagerduty.com/main/docs/api-access-keys",
                )
            },
            api_headers={"Authorization": "Token token=${key}", "Accept": ACCEPT},  # quirk 3
            verify=Verify(url="https://api.pagerduty.com/incidents", refused_statuses=(401,)),
        ),
        api_base_url="https://api.pagerduty.com",
        api_headers={"Authorization": "Bearer ${access_token}", "Accept": ACCEPT},  # quirk 2
    )
