"""Exa's contract, by exa.ai/docs (get-team-info, admin/error-codes)."""

from gateway.testing import KeyContract


class TestExa(KeyContract):
    connector = "exa"
    account = ("team_ana01", "Ana Diaz's team")
    # A hidden key, one with its header, and one that is too long.
    refused_inputs = {
        "key": ("5a1d…a58a", "Bearer 5a1db0c4-94e7-4f8b-82d6-c03e9f71a58a", "a" * 101)
    }
    unclear = (
        (402, {"error": "You have run out of credits", "tag": "NO_MORE_CREDITS"}),
        (403, {"error": "Access denied", "tag": "ACCESS_DENIED"}),
    )
