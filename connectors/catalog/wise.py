"""Wise connector: a pasted personal token of a business account.

Quirks:
1. The token opens quotes, recipients and transfers. Funding a transfer needs more than a token in
   most countries.
2. Live and sandbox accounts are two hosts, each with tokens of its own.
3. A token belongs to a person, who has a personal profile and one for each business.

Console: Your account, Integrations and tools, API tokens. The token is shown once.

Scopes: none exist for personal tokens.

Unconfirmed: the form of a token, which others describe as a UUID; every such text is accepted.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="wise",
        display_name="Wise",
        description="Money across borders: quotes, recipients and transfers of a Wise account.",
        category="finance",
        docs_url="https://docs.wise.com/guides/developer/auth-and-security/personal-api-token",
        console_url="https://wise.com/settings",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${environment.api}",
        key=KeyMethod(
            inputs={
                "environment": ConnectionInput(  # quirk 2
                    title="Account",
                    description="Where the account lives.",
                    choices={
                        "live": {"title": "wise.com", "api": "api.wise.com"},
                        "sandbox": {"title": "Wise sandbox", "api": "api.wise-sandbox.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="API token",
                    description="A personal token of your business account.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="Your account, Integrations and tools, API tokens.",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://${environment.api}/v1/me", refused_statuses=(401,)),
            account=account_lookup(id="id", label=("name", "email")),  # quirk 3
        ),
    )
