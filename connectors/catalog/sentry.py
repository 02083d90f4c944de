"""Sentry OAuth connector, for sentry.io.

Quirks:
1. The addresses end with a slash.
2. The token answer names the person as ``user``: no call is needed.
3. A refresh yields another access token and another refresh token, and the old ones are dead.
4. A token of a person or of an internal integration can be pasted; its account is told by the root
   of the API, for which no scope is needed.

Console: an application under User settings, API, Applications. Partners have theirs made by Sentry.

Scopes: ``org:read`` opens the organizations and their projects, ``project:read`` a project's
events, and ``event:read`` the issues.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, KeyMethod, Verify, account_lookup, app

TOKENS = "https://sentry.io/settings/account/api/auth-tokens/"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("sentry", env),
        display_name="Sentry",
        description="Errors of your software: projects, issues and events of Sentry.",
        category="devtools",
        docs_url="https://docs.sentry.io/api/auth/",
        console_url="https://sentry.io/settings/account/api/applications/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://sentry.io/oauth/authorize/",  # quirk 1
        token_url="https://sentry.io/oauth/token/",
        scopes=("org:read", "project:read", "event:read"),
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id="user.id", label=("user.email", "user.name")
        ),  # quirk 2
        key=KeyMethod(  # quirk 4
            inputs={
                "token": ConnectionInput(
                    title="Auth token",
                    description="A token of yours, or of an internal integration.",
                    example=f"sntryu_{'0123456789abcdef' * 4}",
                    pattern=r"(sntry[ui]_)?[0-9a-f]{64}",
                    secret=True,
                    where=TOKENS,
                )
            },
            api_headers={"Authorization": "Bearer ${token}"},
            verify=Verify(url="https://sentry.io/api/0/", refused_statuses=(401,)),
            account=account_lookup(id="user.id", label=("user.email", "user.name")),
        ),
        api_base_url="https://sentry.io/api/0",
    )
