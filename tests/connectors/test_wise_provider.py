"""Wise's contract, by docs.wise.com (personal API tokens, GET /v1/me)."""

from gateway.testing import KeyContract, ToolContract


class TestWise(KeyContract):
    connector = "wise"
    account = ("9889627", "Ana Diaz")
    refused_inputs = {
        "environment": ("api.wise.com", "test"),
        "key": ("01234567-89ab-4cde-8f01-23456789abc", "0123456789abcdef0123456789abcdef"),
    }
    # A right token may not do everything.
    unclear = ((403, {"error": "forbidden"}),)


class TestWiseTools(ToolContract):
    connector = "wise"
