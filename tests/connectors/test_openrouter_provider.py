"""OpenRouter's contract, by openrouter.ai/docs (get-current-key, errors)."""

from gateway.testing import KeyContract


class TestOpenRouter(KeyContract):
    connector = "openrouter"
    # A key's label as the console shows it, a key of another provider, and one that is too long.
    refused_inputs = {
        "key": ("sk-or-v1-au7...890", "sk-proj-0123456789abcdefghij0123", f"sk-or-{'a' * 201}")
    }
    unclear = ((402, {"error": {"code": 402, "message": "Insufficient credits"}}),)
