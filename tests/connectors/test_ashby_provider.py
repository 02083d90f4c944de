"""Ashby's contract, by developers.ashbyhq.com (authentication, apiKey.info)."""

from gateway.testing import KeyContract


class TestAshby(KeyContract):
    connector = "ashby"
    unclear = ((403, {"success": False, "errors": ["missing_endpoint_permission"]}),)
    # One that is cut off.
    refused_inputs = {
        "key": (
            "1a2b3c4d…",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        )
    }
