"""Weaviate connector: the endpoint and an API key of one cluster of Weaviate Cloud.

Quirks:
1. Each cluster has a REST endpoint of its own, which the console shows; its keys open nothing else,
   so the host is the account.
2. 401 means a wrong key. 403 means that the key's role may not do something.

Console: the cluster's page shows the REST endpoint, and makes API keys with a role.

Scopes: none exist. The role of a key says what it may do.

Unconfirmed: the letters and the length of a key; every text without blanks is accepted.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="weaviate",
        display_name="Weaviate",
        description="A vector database: search the objects of a cluster by meaning and by words.",
        category="ai",
        docs_url="https://docs.weaviate.io/cloud/manage-clusters/connect",
        console_url="https://console.weaviate.cloud",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}/v1",
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="REST endpoint",
                    description="The REST endpoint of your cluster.",
                    example="rjvgzsk1.c0.europe-west3.gcp.weaviate.cloud",
                    hosts=("*.weaviate.cloud", "*.weaviate.network"),
                    where="https://console.weaviate.cloud",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of this cluster.",
                    example="AbCdEfGhIjKlMnOpAXB6gbBIaxHDuuwWj5OD",
                    pattern=r"[A-Za-z0-9+/=_-]{16,200}",
                    secret=True,
                    where="https://console.weaviate.cloud",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://${host}/v1/meta", refused_statuses=(401,)),  # quirk 2
            account=account_lookup(  # quirk 1
                id="${connection_config.host}", label="Cluster ${connection_config.host}"
            ),
        ),
    )
