"""Perplexity connector: a pasted API key.

Quirks:
1. The chats of Sonar ended on 27 September 2026; ``/v1/responses`` took their place. Search has no
   version in its path, so the base URL has none.
2. The API names no account of a key: it belongs to a group.

Unconfirmed: that every right key may list files, which the key is checked by. The list of models
does not do, because some say that it is open to everybody. A refusal other than 401 leaves the key
not checked.

Console: API keys of the group.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="perplexity",
        display_name="Perplexity",
        description="Answers with sources from the web, and search results without an answer.",
        category="ai",
        docs_url="https://docs.perplexity.ai/api-reference",
        console_url="https://www.perplexity.ai/account/api/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.perplexity.ai",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your group. It begins with pplx-.",
                    example="pplx-0123456789abcdefghij0123456789abcdefghij01234567",
                    pattern=r"pplx-[A-Za-z0-9]{20,200}",
                    secret=True,
                    where="https://www.perplexity.ai/account/api/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.perplexity.ai/v1/files", refused_statuses=(401,)),
        ),
    )
