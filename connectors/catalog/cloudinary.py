"""Cloudinary connector: a pasted API key and secret of a product environment.

Quirks:
1. Key and secret are user and password of HTTP Basic, for the Admin API and for uploads. The
   signature that older pages ask for at uploads is the other way, and not needed.
2. The name of the product environment (the cloud) is part of every path. A key of another one is
   refused with 401, and so the name is the account.
3. Environments in the EU or in Asia Pacific have hosts of their own.

Console: Settings, API Keys. The page shows cloud name, key and secret.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://console.cloudinary.com/app/settings/api-keys"
REGIONS = {  # quirk 3
    "us": {"title": "United States (the usual one)", "api": "api.cloudinary.com"},
    "eu": {"title": "Europe", "api": "api-eu.cloudinary.com"},
    "ap": {"title": "Asia Pacific", "api": "api-ap.cloudinary.com"},
}


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="cloudinary",
        display_name="Cloudinary",
        description="Images and videos: upload, transform, look them up and deliver them.",
        category="media",
        docs_url="https://cloudinary.com/documentation/admin_api",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}/v1_1/${cloud_name}",
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region",
                    description="Where your product environment is.",
                    choices=REGIONS,
                    default="us",
                ),
                "cloud_name": ConnectionInput(
                    title="Cloud name",
                    description="The name of your product environment.",
                    example="Acme-media",
                    pattern=r"[A-Za-z0-9_-]{2,100}",
                    keep_case=True,
                    where=KEYS,
                ),
                "api_key": ConnectionInput(
                    title="API key",
                    description="The number of the key.",
                    example="123456789012345",
                    pattern=r"[0-9]{10,20}",
                    where=KEYS,
                ),
                "api_secret": ConnectionInput(
                    title="API secret",
                    description="The secret of the same key.",
                    example="abcdefghijklmnopqrstuvwxyz0",
                    pattern=r"[A-Za-z0-9_-]{20,60}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${api_key}", "${api_secret}"),  # quirk 1
            verify=Verify(
                url="https://${region.api}/v1_1/${cloud_name}/ping",
                refused_statuses=(401,),  # quirk 2
            ),
            account=account_lookup(  # quirk 2
                id="${connection_config.cloud_name}",
                label="${connection_config.cloud_name} (${connection_config.region})",
            ),
        ),
    )
