"""Alpaca's contract, by docs.alpaca.markets (authentication, get account); the refusals by
alpacahq/Alpaca-API, issues 118 and 228."""

from gateway.testing import KeyContract, ToolContract


class TestAlpaca(KeyContract):
    connector = "alpaca"
    account = ("e6fe16f3-64a4-4921-8928-cadf02f92f98", "PA3SANDBOX01")
    refused_inputs = {
        "environment": ("demo", "api.alpaca.markets"),
        "key_id": ("PK…ABCD", "../v2/account", "A" * 33),
        "secret_key": ("PKFAKE0123456789ABCD", "a" * 65),
    }
    refusals = ((401, {"code": 40110000, "message": "access key verification failed"}),)


class TestAlpacaTools(ToolContract):
    connector = "alpaca"
