"""n8n connector: a pasted API key.

Quirks:
1. Each instance has a host of its own, and is the account. An instance on a server of your own has
   any host, and is not reached by this connector.
2. A key without the scope for tags gets 403, and is right all the same.

Scopes: none are requested. Keys of enterprise instances have those that were chosen where they were
made; others can do everything.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://docs.n8n.io/api/authentication/"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="n8n",
        display_name="n8n",
        description="Workflows of an n8n instance: look them up, and see what they did.",
        category="productivity",
        docs_url="https://docs.n8n.io/api/authentication/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${instance}.app.n8n.cloud/api/v1",
        key=KeyMethod(
            inputs={
                "instance": ConnectionInput(
                    title="Instance",
                    description="The name of your instance, as in its app.n8n.cloud address.",
                    example="acme",
                    pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                    suffix=".app.n8n.cloud",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your instance.",
                    example="eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxIn0.0123456789abcdefghijABCDEFGHIJ",
                    pattern=r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
                    secret=True,
                    where="Settings, n8n API.",
                ),
            },
            api_headers={"X-N8N-API-KEY": "${key}"},
            verify=Verify(
                url="https://${instance}.app.n8n.cloud/api/v1/tags", refused_statuses=(401,)
            ),  # quirk 2
            account=account_lookup(
                id="${connection_config.instance}",
                label="${connection_config.instance}.app.n8n.cloud",
            ),  # quirk 1
        ),
    )
