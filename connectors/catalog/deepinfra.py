"""DeepInfra connector: a pasted API key.

Quirks:
1. The list of models is open to everybody, so the key is checked by the account's own call.
2. Models stand at ``/v1/inference`` and, with OpenAI's requests, at ``/v1/openai``.

Unconfirmed: the members of the account's answer. The fingerprint of the key is the account. The
statuses of refusals and the members of the account's answer were described without the provider's
own documentation at hand.

Console: dashboard, API keys.

Scopes: none are requested. A key may be limited to some models.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="deepinfra",
        display_name="DeepInfra",
        description="Open models for text, embeddings, images and speech, paid by use.",
        category="ai",
        docs_url="https://deepinfra.com/docs/advanced/authentication",
        console_url="https://deepinfra.com/dash/api_keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.deepinfra.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account or team.",
                    example="0123456789abcdefghijABCDEFGHIJ01",
                    pattern=r"(?!sk-)[A-Za-z0-9_-]{24,200}",
                    secret=True,
                    where="https://deepinfra.com/dash/api_keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.deepinfra.com/v1/me", refused_statuses=(401,)),
        ),
    )
