"""ElevenLabs connector: a pasted API key.

Quirks:
1. The key goes into ``xi-api-key``.
2. 401 is the answer to a wrong key, and to a right one without the permission for a call; only the
   code at ``detail.status`` tells them apart. A key without ``user_read`` is stored as not checked.
3. The account is not read, as a limited key may not: the identity is a fingerprint of the key.

Console: API keys, with permissions for each endpoint and a limit of credits.

Scopes: none are requested; a key is limited where it is made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="elevenlabs",
        display_name="ElevenLabs",
        description="Speech from text, text from speech, voices and sound effects.",
        category="ai",
        docs_url="https://elevenlabs.io/docs/api-reference/authentication",
        console_url="https://elevenlabs.io/app/settings/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.elevenlabs.io/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your workspace.",
                    example="sk_0123456789abcdef0123456789abcdef0123456789abcdef",
                    pattern=r"(sk_)?[0-9a-f]{32,64}",
                    secret=True,
                    where="https://elevenlabs.io/app/settings/api-keys",
                )
            },
            api_headers={"xi-api-key": "${key}"},  # quirk 1
            verify=Verify(  # quirk 2
                url="https://api.elevenlabs.io/v1/user",
                refused_statuses=(),
                refused_codes=frozenset({"invalid_api_key"}),
                code_path="detail.status",
            ),
        ),
    )
