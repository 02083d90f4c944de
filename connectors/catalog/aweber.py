"""AWeber OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. A person has one account, which stands in a list of one.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice.

Scopes: ``account.read`` lets the account be read, ``list.read`` the lists, ``subscriber.read``
who is on them.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("aweber", env),
        display_name="AWeber",
        description="E-mail marketing with AWeber: lists, subscribers and broadcasts.",
        category="marketing",
        docs_url="https://api.aweber.com/#tag/OAuth-2.0-Reference",
        console_url="https://labs.aweber.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://auth.aweber.com/oauth2/authorize",
        token_url="https://auth.aweber.com/oauth2/token",
        scopes=("account.read", "list.read", "subscriber.read"),
        scope_sets={
            "subscribers": ScopeSet(
                title="Subscribers",
                sentence="Add and change subscribers",
                scopes=("subscriber.write",),
            )
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.aweber.com/1.0/accounts",
            id="entries[0].id",
            label="entries[0].company",
        ),
        api_base_url="https://api.aweber.com/1.0",
    )
