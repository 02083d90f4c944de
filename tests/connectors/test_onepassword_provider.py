"""1Password's contract, by developer.1password.com/docs/connect (API reference, manage tokens)."""

from gateway.testing import KeyContract, ToolContract


class TestOnePassword(KeyContract):
    connector = "onepassword"
    refusals = ((401, {"status": 401, "message": "Authentication required"}),)
    # The token of a service account, which is for the command line.
    refused_inputs = {
        "host": ("acme.connect.example:8080", "http://acme.connect.example"),
        "token": ("ops_eyJzaWduSW5BZGRyZXNzIjoibXkuMXBhc3N3b3JkLmNvbSJ9",),
    }


class TestOnePasswordTools(ToolContract):
    connector = "onepassword"
