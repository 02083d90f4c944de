"""1Password's contract, by developer.1password.com/docs/connect (API reference, manage tokens)."""

from gateway.testing import KeyContract, ToolContract


class TestOnePassword(KeyContract):
    connector = "onepassword"
    refusals = ((401, {"status": 401, "message": "Authentication required"}),)
    # The token of a service account, which is for the command line; one that is too long.
    refused_inputs = {
        "host": ("acme.connect.example:8080", "http://acme.connect.example"),
        "token": (
            "ops_eyJzaWduSW5BZGRyZXNzIjoibXkuMXBhc3N3b3JkLmNvbSJ9",
            f"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0aaaa.{'a' * 1501}",
        ),
    }


class TestOnePasswordTools(ToolContract):
    connector = "onepassword"
