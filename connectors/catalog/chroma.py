"""Chroma connector: a pasted API key of one database in Chroma Cloud.

Quirks:
1. The key goes into ``X-Chroma-Token``.
2. Tenant and database are parts of every address. The verification reads the database, so all
   three values are checked together, and the database is the account.
3. A refusal of a key, or of a database that is not the key's, is 401 or 403 with ``Permission
   denied.``

Console: the settings of a database make a key, and show its tenant.

Scopes: none exist.

Unconfirmed: the form of a key, which begins with ck- in examples; the length is not documented.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

_DATABASE = "https://api.trychroma.com/api/v2/tenants/${tenant_id}/databases/${database}"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="chroma",
        display_name="Chroma",
        description="A database of embeddings in Chroma Cloud: store records, find similar ones.",
        category="ai",
        docs_url="https://docs.trychroma.com/cloud/getting-started",
        console_url="https://www.trychroma.com",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.trychroma.com/api/v2/tenants/${connection_config.tenant_id}"
        "/databases/${connection_config.database}",
        key=KeyMethod(
            inputs={
                "tenant_id": ConnectionInput(
                    title="Tenant",
                    description="The id of your tenant.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    where="Chroma Cloud, settings of the database.",
                ),
                "database": ConnectionInput(
                    title="Database",
                    description="The name of your database.",
                    example="Docs",
                    pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}",
                    keep_case=True,
                    where="Chroma Cloud, the list of databases.",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of this database.",
                    example="ck-0123456789abcdefghijABCDEFGHIJ",
                    pattern=r"ck-[A-Za-z0-9_-]{20,200}",
                    secret=True,
                    where="Chroma Cloud, settings of the database.",
                ),
            },
            api_headers={"X-Chroma-Token": "${key}"},  # quirk 1
            verify=Verify(url=_DATABASE),  # quirks 2 and 3
            account=account_lookup(id="id", label="name"),
        ),
    )
