"""Perplexity's contract, by docs.perplexity.ai (API reference, errors)."""

from gateway.testing import KeyContract, ToolContract


class TestPerplexity(KeyContract):
    connector = "perplexity"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("pplx-…defg", "sk-0123456789abcdefghij0123", f"pplx-{'a' * 201}")}
    unclear = ((403, {"error": {"message": "Files are not enabled.", "code": 403}}),)


class TestPerplexityTools(ToolContract):
    connector = "perplexity"
