"""Runway's contract, by docs.dev.runwayml.com (API reference, errors)."""

from gateway.testing import KeyContract, ToolContract


class TestRunway(KeyContract):
    connector = "runway"
    # A key of another provider, one with a hyphen, and one that is too long.
    refused_inputs = {
        "key": ("sk-" + "a" * 40, "key_" + "a" * 20 + "-" + "a" * 20, "key_" + "a" * 201)
    }
    unclear = ((400, {"error": "You do not have enough credits to run this task."}),)


class TestRunwayTools(ToolContract):
    connector = "runway"
