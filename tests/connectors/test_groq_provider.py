"""Groq's contract, by console.groq.com/docs (api-reference, errors)."""

from gateway.testing import KeyContract


class TestGroq(KeyContract):
    connector = "groq"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("gsk_…JkLz", "xai-0123456789abcdefghij0123", f"gsk_{'a' * 101}")}
    unclear = ((403, {"error": {"message": "Access denied. Please check your network settings."}}),)
