"""Stability AI connector: a pasted API key.

Quirks:
1. Requests for images are ``multipart/form-data``, and the answer is the image itself, or JSON with
   it in base64 if ``Accept`` asks for that. They go through the proxy.

Console: account, API keys.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="stability",
        display_name="Stability AI",
        description="Image models: generate pictures from text, edit them and make them larger.",
        category="ai",
        docs_url="https://platform.stability.ai/docs/api-reference",
        console_url="https://platform.stability.ai/account/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.stability.ai",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with sk-.",
                    example="sk-0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh",
                    pattern=r"sk-[A-Za-z0-9]{20,100}",
                    secret=True,
                    where="https://platform.stability.ai/account/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.stability.ai/v1/user/account", refused_statuses=(401,)),
            account=account_lookup(id="id", label="email"),
        ),
    )
