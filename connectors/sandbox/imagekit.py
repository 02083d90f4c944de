"""ImageKit, by imagekit.io/docs (API overview: authentication and errors; custom fields)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "imagekit",
    title="ImageKit",
    keys={
        "ana": {"private_key": "private_Sandbox1Ana0123456789abc="},
        "ben": {"private_key": "private_Sandbox2Ben9876543210xyz="},
    },
    basic=("{private_key}", ""),
    refusal=Refusal(
        403,
        {
            "message": "Your account cannot be authenticated.",
            "help": "For support kindly contact us at support@imagekit.io .",
        },
    ),
    api={"/customMetadataFields": lambda call: []},
    api_base="api.imagekit.io/v1",
    api_hosts={"api.imagekit.io", "upload.imagekit.io"},
)
