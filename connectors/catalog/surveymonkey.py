"""SurveyMonkey OAuth connector.

Quirks:
1. The API is at the host of the account's data centre, which the token answer names in
   ``access_url``; people sign in at one host.
2. The scopes are ticked at the app; the authorization page has no parameter for them.
3. There are no refresh tokens, and a token has no end today.
4. There is no revocation endpoint; people remove the app under "Linked Accounts".
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Console: a public app, with "View Users", "View Surveys" and "View Responses" ticked.

Scopes: none are requested; the app's own are granted. "View Users" opens the account.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app

API = "https://${metadata.access_url}/v3"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("surveymonkey", env),
        display_name="SurveyMonkey",
        description="Surveys of SurveyMonkey: read them, and what people answered.",
        category="surveys",
        docs_url="https://api.surveymonkey.com/v3/docs#authentication",
        console_url="https://developer.surveymonkey.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.surveymonkey.com/oauth/authorize",
        token_url="https://api.surveymonkey.com/oauth/token",
        scopes_sent=False,  # quirk 2
        supports_refresh=False,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{API}/users/me", id="id", label=("email", "username")
        ),
        token_metadata={"access_url": "access_url"},  # quirk 1
        api_base_url=API,
        api_hosts=("api.surveymonkey.com", "api.eu.surveymonkey.com", "api.surveymonkey.ca"),
    )
