"""Stability AI's contract, by platform.stability.ai/docs/api-reference."""

from gateway.testing import KeyContract


class TestStability(KeyContract):
    connector = "stability"
    account = ("user-ana", "ana@acme.example")
    # Keys of other providers, and one that is too long.
    refused_inputs = {
        "key": ("sk-proj-0123456789abcdefghij", "sk-ant-0123456789abcdefghij", f"sk-{'a' * 101}")
    }
    unclear = ((403, {"id": "1", "name": "content_moderation", "errors": ["flagged"]}),)
