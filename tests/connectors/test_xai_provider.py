"""xAI's contract, by docs.x.ai/developers/rest-api-reference."""

from gateway.testing import KeyContract, ToolContract


class TestXai(KeyContract):
    connector = "xai"
    account = ("team-1", "Ana Diaz")
    # A redacted key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("xai-...6789", "sk-proj-0123456789abcdefghij", f"xai-{'a' * 201}")}
    refusals = ((401, {"code": "unauthenticated:no-credentials", "error": "No credentials"}),)
    unclear = ((403, {"code": "permission-denied", "error": "The team is blocked."}),)


class TestXaiTools(ToolContract):
    connector = "xai"
