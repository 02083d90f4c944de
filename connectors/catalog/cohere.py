"""Cohere connector: a pasted API key.

Quirks:
1. Two versions stand side by side: embeddings and reranking are in ``/v2``, classification and the
   check of a key in ``/v1``. The base URL has none.
2. The account is the organization; the API tells no name for it.

Console: API keys. A trial key works, too, with few calls a month.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="cohere",
        display_name="Cohere",
        description="Embeddings, reranking and classification of texts, for search and retrieval.",
        category="ai",
        docs_url="https://docs.cohere.com/reference/about",
        console_url="https://dashboard.cohere.com/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.cohere.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A trial or production key of your organization.",
                    example="0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"(?!sk-)[A-Za-z0-9_-]{30,200}",
                    secret=True,
                    where="https://dashboard.cohere.com/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.cohere.com/v1/check-api-key",
                method="POST",
                refused_statuses=(401,),
            ),
            account=account_lookup(id="organization_id", label="Organization ${organization_id}"),
        ),
    )
