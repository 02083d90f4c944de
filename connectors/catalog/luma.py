"""Luma connector: a pasted API key of Dream Machine.

Quirks:
1. The API names no account of a key.
2. A generation answers with an id; ``GET /generations/{id}`` has its video or image.

Unconfirmed: the exact answer to a wrong key. Callers take 401 for it. The statuses of refusals and
the members of the account's answer were described without the provider's own documentation at hand.

Console: API, Keys. A key works when credits were bought.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="luma",
        display_name="Luma",
        description="Video and image models of Luma: let Dream Machine make clips and pictures.",
        category="ai",
        docs_url="https://docs.lumalabs.ai/docs/api",
        console_url="https://lumalabs.ai/dream-machine/api/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.lumalabs.ai/dream-machine/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with luma-.",
                    example="luma-01234567-89ab-cdef-0123-456789abcdef",
                    pattern=r"luma-[A-Za-z0-9_-]{20,200}",
                    secret=True,
                    where="https://lumalabs.ai/dream-machine/api/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.lumalabs.ai/dream-machine/v1/credits", refused_statuses=(401,)
            ),
        ),
    )
