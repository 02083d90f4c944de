"""Deepgram connector: a pasted API key.

Quirks:
1. The word before the key is Token; Bearer is for temporary tokens.
2. A key belongs to one project, which is the account.
3. A right key without the permission to read projects gets 403.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested. A key has the role that was chosen where it was made; ``Member`` is
enough.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://console.deepgram.com"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="deepgram",
        display_name="Deepgram",
        description="Speech to text and text to speech, live and from recordings.",
        category="ai",
        docs_url="https://developers.deepgram.com/reference/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.deepgram.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your project.",
                    example="0123456789abcdef0123456789abcdef76543210",
                    pattern=r"[0-9a-f]{40}",
                    secret=True,
                    where="Project settings, API keys.",
                )
            },
            api_headers={"Authorization": "Token ${key}"},  # quirk 1
            verify=Verify(
                url="https://api.deepgram.com/v1/projects", refused_statuses=(401,)
            ),  # quirk 3
            account=account_lookup(
                id="projects[0].project_id", label="projects[0].name"
            ),  # quirk 2
        ),
    )
