"""New Relic's contract, by docs.newrelic.com (NerdGraph, regional endpoints)."""

from gateway.testing import KeyContract, Probe, ToolContract


class TestNewRelic(KeyContract):
    connector = "newrelic"
    probe = Probe("/graphql", "POST", {"query": "{ actor { user { id } } }"})
    account = ("1000001", "ana@acme.example")
    # A license key, a key of the REST API, and a key that is too long.
    refused_inputs = {
        "region": ("api.newrelic.com", "uk"),
        "key": (
            "0123456789abcdef0123456789abcdef0123NRAL",
            "NRRA-0123456789abcdef0123456789abcdef01234567",
            f"NRAK-{'A' * 41}",
        ),
    }


class TestNewRelicTools(ToolContract):
    connector = "newrelic"
