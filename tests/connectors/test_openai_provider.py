"""OpenAI's contract, by platform.openai.com/docs/api-reference."""

from gateway.testing import KeyContract


class TestOpenAI(KeyContract):
    connector = "openai"
    # A hidden key as the console shows it, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("sk-proj-…905a", "xai-0123456789abcdefghij0123", f"sk-{'a' * 251}")}
    unclear = ((403, {"error": {"code": "unsupported_country_region_territory"}}),)
