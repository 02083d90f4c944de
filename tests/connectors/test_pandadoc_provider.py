"""PandaDoc's contract, by developers.pandadoc.com (API key, current member, errors)."""

from gateway.testing import KeyContract


class TestPandaDoc(KeyContract):
    connector = "pandadoc"
    account = ("MAna1", "ana@acme.example")
    # One with the word before it, and one that is too long.
    refused_inputs = {
        "key": (
            "API-Key 1a2b3c4d5e6f708192a3b4c5d6e7f80912345678",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        )
    }
