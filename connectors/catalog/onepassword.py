"""1Password connector: the pasted token of a Connect server.

Quirks:
1. A company runs its Connect server on a host of its own. The operator names the hosts that people
   may type; the server needs https and a public address.
2. A token opens the vaults that were chosen where it was made. Several tokens open one server, and
   none tells more about itself than its vaults.

Console: Integrations, Secrets Automation: a server shows its tokens once.

Scopes: none exist. A token reads, writes, or does both in each of its vaults.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

PART = r"[A-Za-z0-9_-]{10,1500}"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="onepassword",
        display_name="1Password",
        description="Vaults and items of 1Password, through a Connect server of your company.",
        category="devtools",
        docs_url="https://developer.1password.com/docs/connect/api-reference",
        console_url="https://start.1password.com/integrations/directory",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}/v1",
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="Connect server",
                    description="The host of your Connect server.",
                    example="connect.example.com",
                    hosts=("*",),  # quirk 1
                ),
                "token": ConnectionInput(
                    title="Access token",
                    description="A token of this server.",
                    example="eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0aaaa.0123456789abcdefghij",
                    pattern=rf"{PART}\.{PART}\.{PART}",
                    secret=True,
                    where="https://developer.1password.com/docs/connect/manage-connect",
                ),
            },
            api_headers={"Authorization": "Bearer ${token}"},
            verify=Verify(url="https://${host}/v1/vaults", refused_statuses=(401,)),
        ),
    )
