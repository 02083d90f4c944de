"""OpenAI's contract, by platform.openai.com/docs/api-reference."""

from gateway.testing import KeyContract


class TestOpenAI(KeyContract):
    connector = "openai"
    # A hidden key as the console shows it, and a key of another provider.
    refused_inputs = {"key": ("sk-proj-…905a", "xai-0123456789abcdefghij0123")}
