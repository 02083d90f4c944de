"""HeyGen's contract, by docs.heygen.com (quick start, remaining quota)."""

from gateway.testing import KeyContract


class TestHeyGen(KeyContract):
    connector = "heygen"
    # A key of another provider, one that is too short, one that is too long, and too much padding.
    refused_inputs = {"key": ("sk-0123456789abcdefghij0123", "a" * 23, "a" * 201, "a" * 24 + "===")}
    unclear = ((403, {"code": 403, "data": None, "message": "The plan has no API"}),)
