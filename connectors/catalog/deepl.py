"""DeepL connector: a pasted API key.

Quirks:
1. The word before the key is DeepL-Auth-Key.
2. Keys of the free plan end with :fx, and are for a host of their own.
3. A wrong key, or one at the other host, is 403. No call names the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://www.deepl.com/your-account/keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="deepl",
        display_name="DeepL",
        description="Translations of texts and documents, and better wording.",
        category="ai",
        docs_url="https://developers.deepl.com/docs/getting-started/auth",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${plan.api}/v2",
        key=KeyMethod(
            inputs={
                "plan": ConnectionInput(
                    title="Plan",
                    description="Which API your key is for.",
                    choices={
                        "free": {
                            "title": "API Free (the key ends with :fx)",
                            "api": "api-free.deepl.com",
                        },
                        "pro": {"title": "API Pro", "api": "api.deepl.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account.",
                    example="01234567-89ab-4cde-8f01-23456789abcd:fx",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:fx)?",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_headers={"Authorization": "DeepL-Auth-Key ${key}"},  # quirk 1
            verify=Verify(url="https://${plan.api}/v2/usage", refused_statuses=(403,)),  # quirk 3
        ),
    )
