"""ImageKit connector: a pasted private key.

Quirks:
1. The key is the user of HTTP Basic; the password is empty.
2. A wrong key is 403 with a message of its own. Another 403 is about what the key may do.
3. Uploads have a host of their own, with the same key.
4. No call names the account.

Console: Developer options, API keys. The public key is for browsers and opens nothing here.

Scopes: none exist. A restricted key has the permissions that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://imagekit.io/dashboard/developer/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="imagekit",
        display_name="ImageKit",
        description="A library of images and videos that are optimised where they are shown.",
        category="media",
        docs_url="https://imagekit.io/docs/api-overview",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.imagekit.io/v1",
        api_hosts=("upload.imagekit.io",),  # quirk 3
        key=KeyMethod(
            inputs={
                "private_key": ConnectionInput(
                    title="Private key",
                    description="The private key of your account. It begins with private_.",
                    example="private_0123456789abcdefghij=",
                    pattern=r"private_[A-Za-z0-9+/_-]{10,100}=*",
                    secret=True,
                    where=KEYS,
                )
            },
            api_basic=("${private_key}", ""),  # quirk 1
            verify=Verify(
                url="https://api.imagekit.io/v1/customMetadataFields",
                refused_statuses=(401,),
                code_path="message",
                refused_codes=frozenset({"Your account cannot be authenticated."}),  # quirk 2
            ),
        ),
    )
