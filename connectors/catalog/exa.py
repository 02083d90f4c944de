"""Exa connector: a pasted API key.

Quirks:
1. The key goes into ``x-api-key``; a Bearer token is taken, too.
2. Information about the team belongs to Websets and has another path than search. It costs nothing.
3. 402 and 403 are answers to right keys: no credits, or no access to a feature.

Console: API keys of the team.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="exa",
        display_name="Exa",
        description="Search the web by meaning, and read the contents of what was found.",
        category="data",
        docs_url="https://exa.ai/docs/websets/api/teams/get-team-info",
        console_url="https://dashboard.exa.ai/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.exa.ai",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your team.",
                    example="01234567-89ab-cdef-0123-456789abcdef",
                    pattern=r"[A-Za-z0-9_-]{20,100}",
                    secret=True,
                    where="https://dashboard.exa.ai/api-keys",
                )
            },
            api_headers={"x-api-key": "${key}"},  # quirk 1
            verify=Verify(  # quirks 2 and 3
                url="https://api.exa.ai/websets/v0/teams/me", refused_statuses=(401,)
            ),
            account=account_lookup(id="id", label="name"),
        ),
    )
