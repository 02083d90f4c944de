"""Daytona's contract, by www.daytona.io/docs (en/api-keys, en/authentication, openapi.json)."""

from gateway.testing import KeyContract


class TestDaytona(KeyContract):
    connector = "daytona"
    # A hidden key, one with its scheme, and one that is too long.
    refused_inputs = {"key": ("dtn_********", "Bearer dtn_5a1db0c494e7f8b2d6c0", "a" * 201)}
    unclear = ((403, {"statusCode": 403, "error": "Forbidden", "message": "Forbidden resource"}),)
