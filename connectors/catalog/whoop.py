"""WHOOP OAuth connector.

Quirks:
1. Only the scope ``offline`` brings a refresh token. WHOOP's example of a refresh names it again,
   which by RFC 6749 6 would narrow the token to it: it is not sent.
2. A refresh ends the refresh token that it used.
3. Revoking is a DELETE at the API with the access token as Bearer, and nothing else. It ends the
   person's whole grant.
4. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: that a refresh is answered without ``scope`` (quirk 1). Client authentication, token
life, refusals and the members of the account's answer were described without the provider's own
documentation at hand.

Console: an app of the developer dashboard; it serves ten people until WHOOP approves it.

Scopes: ``read:profile`` opens the account, ``read:recovery`` what most tools are about;
``offline`` is quirk 1.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app

API = "https://api.prod.whoop.com/developer/v2"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("whoop", env),
        display_name="WHOOP",
        description="Sleep, recovery and training that a WHOOP strap measured.",
        category="other",
        docs_url="https://developer.whoop.com/docs/developing/oauth",
        console_url="https://developer-dashboard.whoop.com/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.prod.whoop.com/oauth/oauth2/auth",
        token_url="https://api.prod.whoop.com/oauth/oauth2/token",
        revocation_url=f"{API}/user/access",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 3
        scopes=("read:profile", "read:recovery", "offline"),  # quirk 1
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("sleep", "read:sleep", "Sleep", "See how you slept"),
                ("workouts", "read:workout", "Workouts", "See your workouts"),
            )
        },
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{API}/user/profile/basic", id="user_id", label=("email", "first_name")
        ),
        api_base_url=API,
    )
