"""Brevo connector: a pasted API key.

Quirks:
1. The key goes into a header named api-key.
2. The answer names an account by its e-mail address; newer ones have an id of the organization,
   which is taken first.

Console: Settings, SMTP and API, API keys. SMTP keys (xsmtpsib-) are for mail programs.

Scopes: none exist.

Unconfirmed: since when an answer has ``organization_id``. The statuses of refusals and the members
of the account's answer were described without the provider's own documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.brevo.com/settings/keys/api"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="brevo",
        display_name="Brevo",
        description="E-mail and SMS campaigns, transactional messages and contacts.",
        category="marketing",
        docs_url="https://developers.brevo.com/docs/authentication-schemes",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.brevo.com/v3",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with xkeysib-.",
                    example="xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef",
                    pattern=r"xkeysib-[A-Za-z0-9_-]{60,120}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"api-key": "${key}"},  # quirk 1
            verify=Verify(url="https://api.brevo.com/v3/account", refused_statuses=(401,)),
            account=account_lookup(id=("organization_id", "email"), label="companyName"),  # quirk 2
        ),
    )
