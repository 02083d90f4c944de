"""Bluesky's contract, by docs.bsky.app and the lexicons of atproto."""

from gateway.testing import KeyContract


class TestBluesky(KeyContract):
    connector = "bluesky"
    account = ("did:plc:acmeacmeacmeacmeacmeacme", "acme.bsky.social")
    accepted_inputs = {
        "handle": {
            "Acme.Bsky.Social": "acme.bsky.social",
            "shop9.market9.example": "shop9.market9.example",
            "ana.9zone": "ana.9zone",
        }
    }
    # A password of the account itself could change the account.
    refused_inputs = {
        "handle": ("@acme.bsky.social", "acme"),
        "password": ("hunter2-hunter2-hunter2",),
    }
