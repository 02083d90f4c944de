"""Deepgram's contract, by developers.deepgram.com (authentication, list projects, errors)."""

from gateway.testing import KeyContract


class TestDeepgram(KeyContract):
    connector = "deepgram"
    account = ("1a000000-0000-4000-8000-000000000001", "Ana's project")
    unclear = ((403, {"err_code": "INSUFFICIENT_PERMISSIONS", "err_msg": "…"}),)
    # The id of the key, which the console shows beside it, and one that is hidden in part.
    refused_inputs = {"key": ("1a000000-0000-4000-8000-000000000001", "************5678")}
