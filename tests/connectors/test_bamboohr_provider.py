"""BambooHR's contract, by documentation.bamboohr.com (getting started, fields)."""

from gateway.testing import KeyContract


class TestBambooHR(KeyContract):
    connector = "bamboohr"
    accepted_inputs = {"company": {"https://Acme.bamboohr.com/": "acme"}}
    unclear = ((403, {"error": "Forbidden"}),)
    # Other hosts in disguise, a name that is too long for one, and no key.
    refused_inputs = {
        "company": ("acme.evil.example", "acme/..", "a@b", "a" * 64),
        "key": ("ana@acme.example",),
    }
