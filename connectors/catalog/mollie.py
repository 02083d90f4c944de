"""Mollie OAuth connector (Mollie Connect).

Quirks:
1. The token endpoint wants Basic authentication.
2. Without ``approval_prompt=force`` a merchant who agreed before is sent back at once, as the
   organization that is signed in.
3. Revoking is a DELETE of the token address that has to say what kind the token is.
4. A merchant may leave scopes out; the answer lists those that were granted.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: whether a used refresh token goes on working; it is taken to be dead, which repeats no
refresh. Client authentication, token life, refusals and the members of the account's answer were
described without the provider's own documentation at hand.

Console: an app under "Developers" of an organization.

Scopes: ``organizations.read`` opens the account, and ``payments.read`` its payments.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("mollie", env),
        display_name="Mollie",
        description="Payments, refunds and settlements of a merchant at Mollie.",
        category="finance",
        docs_url="https://docs.mollie.com/docs/connect-getting-started",
        console_url="https://my.mollie.com/dashboard/developers/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://my.mollie.com/oauth2/authorize",
        token_url="https://api.mollie.com/oauth2/tokens",
        revocation_url="https://api.mollie.com/oauth2/tokens",
        revocation=Revocation(  # quirk 3
            method="DELETE", params={"token_type_hint": "refresh_token"}
        ),
        scopes=("organizations.read", "payments.read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                ("payments", ("payments.write",), "Take payments", "Create payments"),
                ("refunds", ("refunds.read", "refunds.write"), "Refunds", "See and make refunds"),
                ("settlements", ("settlements.read",), "Settlements", "See what was paid out"),
            )
        },
        extra_authorize_params={"approval_prompt": "force"},  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.mollie.com/v2/organizations/me", id="id", label=("name", "email")
        ),
        api_base_url="https://api.mollie.com/v2",
    )
