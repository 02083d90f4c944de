"""SerpApi's contract, by serpapi.com/account-api and serpapi.com/api-errors."""

from gateway.testing import KeyContract


class TestSerpApi(KeyContract):
    connector = "serpapi"
    account = ("5ac54d6adefb2f0000000001", "search@acme.example")
    # The placeholder of the documentation.
    refused_inputs = {"key": ("SECRET_API_KEY",)}
