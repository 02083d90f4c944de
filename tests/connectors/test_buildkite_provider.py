"""Buildkite's contract, by buildkite.com/docs/apis/rest-api (authentication, access token)."""

from gateway.testing import KeyContract


class TestBuildkite(KeyContract):
    connector = "buildkite"
    account = ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "Ana's gateway")
    # The token of an agent.
    refused_inputs = {"key": ("bkct_0123456789abcdef0123456789abcdef01234567",)}
