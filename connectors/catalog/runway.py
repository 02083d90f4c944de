"""Runway connector: a pasted API key.

Quirks:
1. Every call needs ``X-Runway-Version``, a date; ``2024-11-06`` is the only one so far.
2. The key belongs to an organization, whose name and id the API does not tell.
3. A generation answers with the id of a task; ``GET /tasks/{id}`` has its state and result.

Console: an organization of the developer portal, API keys. A key works when the organization has
bought credits.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="runway",
        display_name="Runway",
        description="Video and image models: let Runway make a clip or a picture from text.",
        category="ai",
        docs_url="https://docs.dev.runwayml.com/api",
        console_url="https://dev.runwayml.com/",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.dev.runwayml.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your organization. It begins with key_.",
                    example="key_0123456789abcdef0123456789abcdef",
                    pattern=r"key_[A-Za-z0-9]{32,200}",
                    secret=True,
                    where="https://dev.runwayml.com/",
                )
            },
            api_headers={
                "Authorization": "Bearer ${key}",
                "X-Runway-Version": "2024-11-06",  # quirk 1
            },
            verify=Verify(
                url="https://api.dev.runwayml.com/v1/organization", refused_statuses=(401,)
            ),
        ),
    )
