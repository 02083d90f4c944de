"""DeepSeek's contract, by api-docs.deepseek.com (get-user-balance, error_codes)."""

from gateway.testing import KeyContract


class TestDeepSeek(KeyContract):
    connector = "deepseek"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("sk-…937b", "sk-or-v1-0123456789abcdefghij", f"sk-{'a' * 101}")}
    unclear = ((402, {"error": {"message": "Insufficient Balance", "type": "unknown_error"}}),)
