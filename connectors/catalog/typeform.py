"""Typeform OAuth connector.

Quirks:
1. Only the scope ``offline`` brings a refresh token; no answer lists it, or any other scope.
2. PKCE is off: the documentation does not know it, and an integration platform that sends it to
   others by default does not send it to Typeform.
3. Accounts in Typeform's European data centre have an authorization server and apps of their own,
   which are not described here.
4. There is no revocation endpoint; people remove the app in their settings.

Unconfirmed: what Typeform does with a ``code_challenge``, and whether a used refresh token goes on
working; it is taken to be dead, which repeats no refresh.

Console: "Developer apps" of an organization. The secret is shown once.

Scopes: ``accounts:read`` opens the account, ``forms:read`` its forms; ``offline`` is quirk 1.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("typeform", env),
        display_name="Typeform",
        description="Forms and surveys of Typeform: read them, and what people answered.",
        category="surveys",
        docs_url="https://www.typeform.com/developers/get-started/applications/",
        console_url="https://admin.typeform.com/user/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.typeform.com/oauth/authorize",
        token_url="https://api.typeform.com/oauth/token",
        scopes=("accounts:read", "forms:read", "offline"),  # quirk 1
        scope_sets={
            "responses": ScopeSet(
                title="Responses", sentence="Read what people answered", scopes=("responses:read",)
            ),
            "changes": ScopeSet(
                title="Change forms", sentence="Create and change forms", scopes=("forms:write",)
            ),
        },
        use_pkce=False,  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.typeform.com/me", id="user_id", label=("email", "alias")
        ),
        api_base_url="https://api.typeform.com",
    )
