"""Daytona connector: a pasted API key.

Quirks:
1. A key belongs to one organisation, so the header that names one is not needed.
2. A key may always read itself, whatever its permissions are; the answer names no organisation.
3. 403 is the answer to a right key without the permission for a call.

Console: Keys. A key has an end and permissions for sandboxes, snapshots, registries and volumes.

Scopes: none are requested; a key is limited where it is made.

Unconfirmed: whether keys of projects, which newer documentation describes for another host, are
accepted here; and the words of the answer to a wrong key.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="daytona",
        display_name="Daytona",
        description="Sandboxes in which agents run code, apart from everything else.",
        category="devtools",
        docs_url="https://www.daytona.io/docs/en/api-keys",
        console_url="https://app.daytona.io/dashboard/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://app.daytona.io/api",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your organisation.",
                    example="dtn_0123456789abcdef0123456789abcdef",
                    pattern=r"[A-Za-z0-9_-]{20,200}",
                    secret=True,
                    where="https://app.daytona.io/dashboard/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 2 and 3
                url="https://app.daytona.io/api/api-keys/current", refused_statuses=(401,)
            ),
        ),
    )
