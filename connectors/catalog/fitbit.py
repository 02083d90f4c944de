"""Fitbit OAuth connector.

Quirks:
1. A refusal is a list ``errors``, each with an ``errorType``, also at the token endpoint.
2. A refresh token works once.
3. The profile of the person who connected is at ``user/-``; its ``encodedId`` is the id everywhere.

Unconfirmed: that revoking the refresh token ends the grant as revoking the access token does.

Console: an app of the type Server, with read-only access unless it writes.

Scopes: ``profile`` shows who connected. Activity, heart rate, sleep and weight are further sets.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ErrorInSuccess, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("fitbit", env),
        display_name="Fitbit",
        description="Health data of a Fitbit user: activity, heart rate, sleep and weight.",
        category="data",
        docs_url="https://dev.fitbit.com/build/reference/web-api/developer-guide/authorization/",
        console_url="https://dev.fitbit.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.fitbit.com/oauth2/authorize",
        token_url="https://api.fitbit.com/oauth2/token",
        revocation_url="https://api.fitbit.com/oauth2/revoke",
        scopes=("profile",),
        scope_sets={
            "activity-data": ScopeSet(
                title="Activity", sentence="See activity and exercise", scopes=("activity",)
            ),
            "heart-rate": ScopeSet(
                title="Heart rate", sentence="See the heart rate", scopes=("heartrate",)
            ),
            "sleep-data": ScopeSet(title="Sleep", sentence="See sleep", scopes=("sleep",)),
            "weight-data": ScopeSet(title="Weight", sentence="See weight", scopes=("weight",)),
        },
        authorization_method="header",
        error_in_success=ErrorInSuccess(flag=None, code="errors[0].errorType"),  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 3
            url="https://api.fitbit.com/1/user/-/profile.json",
            id="user.encodedId",
            label=("user.fullName", "user.displayName"),
        ),
        api_base_url="https://api.fitbit.com",
    )
