"""Intrinio's contract, by docs.intrinio.com (authentication, response codes)."""

from gateway.testing import KeyContract, ToolContract


class TestIntrinio(KeyContract):
    connector = "intrinio"
    refused_inputs = {"key": ("{api_key}", "a" * 15, "a" * 129)}
    # Not subscribed to the data feed.
    unclear = ((403, {"error": "Forbidden"}),)


class TestIntrinioTools(ToolContract):
    connector = "intrinio"
