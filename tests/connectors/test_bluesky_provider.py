"""Bluesky's contract, by docs.bsky.app and the lexicons of atproto."""

from gateway.testing import KeyContract


class TestBluesky(KeyContract):
    connector = "bluesky"
    account = ("did:plc:acmeacmeacmeacmeacmeacme", "acme.bsky.social")
    # A password of the account itself could change the account.
    refused_inputs = {
        "handle": ("@acme.bsky.social", "acme"),
        "password": ("hunter2-hunter2-hunter2",),
    }
