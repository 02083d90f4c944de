"""Serper's contract, by serper.dev and what programs on GitHub have recorded."""

from gateway.testing import KeyContract


class TestSerper(KeyContract):
    connector = "serper"
    # A hidden key, SerpApi's key, and one that is too short.
    refused_inputs = {"key": ("5a1d…db0c", "0123456789abcdef" * 4, "a" * 39)}
    unclear = ((400, {"message": "Not enough credits", "statusCode": 400}),)
