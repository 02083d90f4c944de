"""Strava OAuth connector.

Quirks:
1. Scopes are separated by commas. The callback lists those that the person left ticked, and no
   token answer does: requested scopes count as granted, and the API refuses what was not.
2. Without ``approval_prompt=force`` a person who agreed before is sent back at once, as the account
   that is signed in.
3. Refusals are ``{"message", "errors"}``; the first error's ``resource`` says what is wrong.
4. A refresh may bring another refresh token, and the old one is dead then.
5. The account stands in the token answer of the exchange, and in no answer of a refresh.
6. Revoking takes the access token alone, as ``access_token``, and ends every token of the person
   for the app.
7. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Console: "My API Application" wants a callback domain, not an address. A new app serves one athlete
until Strava reviews it.

Scopes: ``read`` opens the profile, ``activity:read`` the activities that others can see, too.
"""

from datetime import date

from connectors import (
    ConnectorConfig,
    Env,
    ErrorInSuccess,
    Revocation,
    ScopeSet,
    account_lookup,
    app,
)


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("strava", env),
        display_name="Strava",
        description="Runs, rides and other activities that an athlete recorded with Strava.",
        category="other",
        docs_url="https://developers.strava.com/docs/authentication/",
        console_url="https://www.strava.com/settings/api",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.strava.com/oauth/authorize",
        token_url="https://www.strava.com/api/v3/oauth/token",
        revocation_url="https://www.strava.com/oauth/deauthorize",
        revocation=Revocation(  # quirk 6
            auth="none", token="access_token", token_param="access_token"
        ),
        scopes=("read", "activity:read"),
        scope_separator=",",  # quirk 1
        scope_sets={
            "private": ScopeSet(
                title="Private activities",
                sentence="See activities that only you can see",
                scopes=("activity:read_all",),
            ),
            "upload": ScopeSet(
                title="Upload", sentence="Add and change activities", scopes=("activity:write",)
            ),
        },
        extra_authorize_params={"approval_prompt": "force"},  # quirk 2
        error_in_success=ErrorInSuccess(code="errors[0].resource"),  # quirk 3
        error_codes={  # quirk 3
            "AuthorizationCode": "invalid_grant",
            "RefreshToken": "invalid_grant",
            "Application": "invalid_client",
        },
        supports_refresh=True,  # quirk 4
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 5
            id="athlete.id", label=("athlete.username", "athlete.firstname")
        ),
        api_base_url="https://www.strava.com/api/v3",
    )
