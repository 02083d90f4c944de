"""Pinecone connector: a pasted API key for one index.

Quirks:
1. Each index has a host, which the console shows. One key opens all indexes of its project, so the
   host is the account.
2. A wrong key is 401; 403 means a quota or a protected index, and says nothing about the key.
3. ``X-Pinecone-Api-Version`` keeps the shape of answers.
4. The indexes of the project are listed and made at a host of their own, with the same key.

Console: API keys of a project; the host stands on the page of the index.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="pinecone",
        display_name="Pinecone",
        description="A vector database: find the records of an index by their meaning.",
        category="ai",
        docs_url="https://docs.pinecone.io/reference/api/authentication",
        console_url="https://app.pinecone.io",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}",
        api_hosts=("api.pinecone.io",),  # quirk 4
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="Index host",
                    description="The host of your index.",
                    example="docs-example-a1b2c3d.svc.aped-4627-b74a.pinecone.io",
                    hosts=("*.pinecone.io",),
                    where="https://docs.pinecone.io/guides/manage-data/target-an-index",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of the project of this index.",
                    example="pcsk_0123456789abcdefghij",
                    pattern=r"pcsk_[A-Za-z0-9_]{20,200}|[0-9a-f-]{36}",
                    secret=True,
                    where="https://app.pinecone.io",
                ),
            },
            api_headers={"Api-Key": "${key}", "X-Pinecone-Api-Version": "2025-10"},  # quirk 3
            verify=Verify(
                method="POST",
                url="https://${host}/describe_index_stats",
                json={},
                refused_statuses=(401,),  # quirk 2
            ),
            account=account_lookup(  # quirk 1
                id="${connection_config.host}", label="Index ${connection_config.host}"
            ),
        ),
    )
