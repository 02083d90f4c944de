"""HCP Terraform connector: a pasted user token.

Quirks:
1. Bodies are JSON:API.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Console: User settings, Tokens. Tokens of teams and organizations name a made-up user.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.terraform.io/app/settings/tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="terraform",
        display_name="HCP Terraform",
        description="Workspaces, runs and state of infrastructure that Terraform builds.",
        category="devtools",
        docs_url="https://developer.hashicorp.com/terraform/cloud-docs/api-docs",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://app.terraform.io/api/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A user token of yours.",
                    example="AbCdEf01234567.atlasv1.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                    pattern=r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{50,80}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://app.terraform.io/api/v2/account/details", refused_statuses=(401,)
            ),
            account=account_lookup(id="data.id", label="data.attributes.username"),
        ),
    )
