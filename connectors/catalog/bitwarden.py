"""Bitwarden connector: pasted client credentials of an organization.

Quirks:
1. The grant names the scope ``api.organization``; id and secret stand in the body.
2. A wrong id or secret is 400 ``invalid_client``.
3. The cloud of the EU has hosts of its own, and knows its own organizations alone.
4. The API manages members, groups, collections and policies. Items of a vault are encrypted, and
   not to be had here.

Console: the organization's settings, Organization info, API key. It needs Teams or Enterprise.

Scopes: ``api.organization``, the only one of this API.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    Env,
    KeyConnectorConfig,
    KeyMethod,
    TokenRequest,
    account_lookup,
)

KEYS = "https://bitwarden.com/help/public-api/#authentication"
REGIONS = {  # quirk 3
    name: {"title": top, "api": f"api.{top}", "identity": f"identity.{top}"}
    for name, top in (("us", "bitwarden.com"), ("eu", "bitwarden.eu"))
}


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="bitwarden",
        display_name="Bitwarden",
        description="Members, groups, collections and events of a Bitwarden organization.",
        category="devtools",
        docs_url="https://bitwarden.com/help/public-api/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}/public",
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region", description="Where your organization is.", choices=REGIONS
                ),
                "client_id": ConnectionInput(
                    title="Client id",
                    description="It begins with organization.",
                    example="organization.01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"organization\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    where=KEYS,
                ),
                "client_secret": ConnectionInput(
                    title="Client secret",
                    description="The secret beside the id.",
                    example="AbCdEfGhIj0123456789KlMnOpQrSt",
                    pattern=r"[A-Za-z0-9]{20,60}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_headers={"Authorization": "Bearer ${access_token}"},
            token=TokenRequest(
                url="https://${region.identity}/connect/token",
                body={  # quirk 1
                    "grant_type": "client_credentials",
                    "scope": "api.organization",
                    "client_id": "${client_id}",
                    "client_secret": "${client_secret}",
                },
                refused_statuses=(),
                refused_codes=frozenset({"invalid_client"}),  # quirk 2
            ),
            account=account_lookup(
                url="https://${region.api}/public/organization/subscription",
                id="${connection_config.client_id}",
                label="${connection_config.client_id} (${connection_config.region})",
            ),
        ),
    )
