"""Resend's contract, by resend.com/docs/api-reference (introduction, errors, list domains)."""

from gateway.testing import KeyContract


class TestResend(KeyContract):
    connector = "resend"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("re_SbxAna01...", "SG.0123456789abcdefghij", f"re_{'a' * 101}")}
    refusals = (
        (401, {"statusCode": 401, "name": "validation_error", "message": "API key is invalid"}),
        (403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}),
    )
    unclear = (
        (401, {"statusCode": 401, "name": "restricted_api_key", "message": "only send emails"}),
    )
