"""Better Stack's contract, by betterstack.com/docs/uptime/api (getting started)."""

from gateway.testing import KeyContract, ToolContract


class TestBetterStack(KeyContract):
    connector = "betterstack"
    refused_inputs = {"key": ("$TOKEN", "a" * 15, "a" * 121)}
    unclear = ((403, {"errors": "Forbidden"}),)


class TestBetterStackTools(ToolContract):
    connector = "betterstack"
