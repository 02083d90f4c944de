"""Brex connector: OAuth of a partner, or a pasted user token.

Quirks:
1. OAuth is for partners of Brex. Everybody else makes a user token in the dashboard; it ends if it
   is not used for 30 days.
2. A user token has the scopes that were chosen for it: 403 is an answer to a right one.
3. ``api.brex.com`` is the newer name of ``platform.brexapis.com``.

Console: Developer, Settings makes user tokens. Brex makes the client of a partner.

Scopes: ``openid`` and ``offline_access`` belong to every request, the second for refresh tokens;
``users.readonly`` shows whose account it is. Cards, expenses and receipts are sets of their own.

Unconfirmed: whether a refresh yields a new refresh token, how long that lives, and revocation, of
which Brex's guides do not speak. That the client's credentials go into the body, as other
integrations send them.
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

_ME = "https://api.brex.com/v2/users/me"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("brex", env),
        display_name="Brex",
        description="Company cards and expenses: cards, what was spent, and receipts.",
        category="finance",
        docs_url="https://developer.brex.com/guides/partner_authentication/",
        console_url="https://dashboard.brex.com/settings/developer",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts-api.brex.com/oauth2/default/v1/authorize",
        token_url="https://accounts-api.brex.com/oauth2/default/v1/token",
        scopes=("openid", "offline_access", "users.readonly"),
        scope_sets={
            "company-cards": ScopeSet(
                title="Cards", sentence="See cards", scopes=("cards.readonly",)
            ),
            "expenses": ScopeSet(
                title="Expenses", sentence="See card expenses", scopes=("expenses.card.readonly",)
            ),
            "receipts": ScopeSet(
                title="Receipts",
                sentence="Change card expenses and add receipts",
                scopes=("expenses.card",),
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(url=_ME, id="id", label="email"),
        key=KeyMethod(  # quirk 1
            inputs={
                "key": ConnectionInput(
                    title="User token",
                    description="A user token of your Brex account.",
                    example="bxt_0123456789abcdefghijklmnopqrstuvwxyz",
                    pattern=r"bxt_[A-Za-z0-9]{20,120}",
                    secret=True,
                    where="https://dashboard.brex.com/settings/developer",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url=_ME, refused_statuses=(401,)),  # quirk 2
            account=account_lookup(id="id", label="email"),
        ),
        api_base_url="https://api.brex.com",  # quirk 3
    )
