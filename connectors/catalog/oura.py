"""Oura OAuth connector.

Quirks:
1. A refresh token works once; each refresh replaces it.
2. The documentation names a revocation by access token in the query, which is not described here;
   people remove the app in their account.

Console: an API application in the Oura developer portal, with its redirect URI.

Scopes: ``personal`` and ``email`` let the account be read, and ``daily`` opens sleep, activity and
readiness.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("oura", env),
        display_name="Oura",
        description="Sleep, activity and readiness that an Oura ring measured.",
        category="other",
        docs_url="https://cloud.ouraring.com/docs/authentication",
        console_url="https://cloud.ouraring.com/oauth/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://cloud.ouraring.com/oauth/authorize",
        token_url="https://api.ouraring.com/oauth/token",
        scopes=("personal", "email", "daily"),
        scope_sets={
            "pulse": ScopeSet(
                title="Heart rate", sentence="See your heart rate", scopes=("heartrate",)
            ),
            "workouts": ScopeSet(
                title="Workouts", sentence="See your workouts", scopes=("workout",)
            ),
        },
        supports_refresh=True,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.ouraring.com/v2/usercollection/personal_info", id="id", label="email"
        ),
        api_base_url="https://api.ouraring.com/v2/usercollection",
    )
