"""The Gemini API's contract, by ai.google.dev (API keys, models, error codes)."""

from gateway.testing import KeyContract, ToolContract


class TestGemini(KeyContract):
    connector = "gemini"
    # A token of Google's OAuth, a key that is too short, and keys that are too long.
    refused_inputs = {
        "key": (
            "ya29.a0AfH6SMBx0123456789abcdefghijklmnop",
            "AIza0123456789",
            f"AIza{'a' * 36}",
            f"AQ.{'a' * 201}",
        )
    }
    unclear = (
        # A country that is not served, an API that the project has not enabled.
        (400, {"error": {"code": 400, "status": "FAILED_PRECONDITION", "message": "location"}}),
        (403, {"error": {"code": 403, "details": [{"reason": "SERVICE_DISABLED"}]}}),
    )


class TestGeminiTools(ToolContract):
    connector = "gemini"
