"""LaunchDarkly's contract, by launchdarkly.com/docs/api (authentication, caller identity)."""

from gateway.testing import KeyContract


class TestLaunchDarkly(KeyContract):
    connector = "launchdarkly"
    account = ("6f00000000000000000000a1", "Ana's gateway")
    # An SDK key, and a mobile key.
    refused_inputs = {
        "key": (
            "sdk-1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "mob-1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
        )
    }
