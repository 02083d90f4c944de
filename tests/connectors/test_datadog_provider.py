"""Datadog's contract, by docs.datadoghq.com/api (authentication, validate_keys)."""

from gateway.testing import KeyContract


class TestDatadog(KeyContract):
    connector = "datadog"
    # Sites that do not exist, and each key in the other's place.
    refused_inputs = {
        "site": ("us2", "api.datadoghq.com"),
        "api_key": ("a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",),
        "application_key": ("a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0", "a" * 65),
    }
