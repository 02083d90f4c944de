"""xAI (Grok) connector: a pasted API key.

Quirks:
1. A wrong key is refused with 400 ("Incorrect API key provided"), a missing one with 401. The call
   that looks at the key has no argument, so that 400 says nothing else.
2. Keys have permissions (``acls``), and a key or its team may be blocked: 403 is no wrong key.
3. The account is the team, which pays; the label is the name of the key.

Console: API keys of the team.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="xai",
        display_name="xAI",
        description="Language models of xAI: let Grok answer, reason and use tools.",
        category="ai",
        docs_url="https://docs.x.ai/developers/rest-api-reference",
        console_url="https://console.x.ai/",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.x.ai/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your team. It begins with xai-.",
                    example="xai-0123456789abcdefghij0123456789abcdefghij",
                    pattern=r"xai-[A-Za-z0-9]{20,200}",
                    secret=True,
                    where="https://console.x.ai/",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 1, 2
                url="https://api.x.ai/v1/api-key", refused_statuses=(400, 401)
            ),
            account=account_lookup(id="team_id", label="name"),
        ),
    )
