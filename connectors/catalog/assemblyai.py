"""AssemblyAI connector: a pasted API key.

Quirks:
1. The key is the whole Authorization header, without a word before it.
2. Data of the EU stays at a host of its own, with the same key.
3. No call names the account. The list of transcripts is the cheapest call.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://www.assemblyai.com/dashboard/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="assemblyai",
        display_name="AssemblyAI",
        description="Speech to text: transcribe recordings and ask about them.",
        category="ai",
        docs_url="https://www.assemblyai.com/docs/api-reference/overview",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.assemblyai.com/v2",
        api_hosts=("api.eu.assemblyai.com",),  # quirk 2
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of a project of yours.",
                    example="0123456789abcdeffedcba9876543210",
                    pattern=r"[0-9a-z]{32}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "${key}"},  # quirk 1
            verify=Verify(
                url="https://api.assemblyai.com/v2/transcript", refused_statuses=(401,)
            ),  # quirk 3
        ),
    )
