"""BambooHR's contract, by documentation.bamboohr.com (getting started, fields)."""

from gateway.testing import KeyContract


class TestBambooHR(KeyContract):
    connector = "bamboohr"
    accepted_inputs = {"company": {"https://Acme.bamboohr.com/": "acme"}}
    unclear = ((403, {"error": "Forbidden"}),)
    # Other hosts in disguise.
    refused_inputs = {
        "company": ("acme.evil.example", "acme/..", "a@b"),
        "key": ("ana@acme.example",),
    }
